#!/usr/bin/env bash
# The whole routine: build (a warning is an error), test, tidy. The tidy check is made of tests (tests/GcReplay.Tests/House).
# Ends with "N passed, N failed", counted by the test runner; any failure makes the exit code 1.
set -uo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT

dotnet build GcReplay.sln -c Release --nologo -v quiet || { echo "the build failed: no test was run" >&2; exit 1; }

# The command of the README's second code block.
NO_COLOR=1 dotnet run -c Release --no-build --project tests/GcReplay.Tests "$@" | tee "$log"
status=$?

# The runner's own summary: "GcReplay.Tests  Total: 12, Errors: 0, Failed: 1, Skipped: 0, Not Run: 0, Time: 0.3s"
summary=$(sed -nE 's/.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+), Not Run: ([0-9]+).*/\1 \2 \3 \4 \5/p' "$log" | tail -n 1)
if [ -z "$summary" ]; then
  echo "the test runner ended with exit code $status and without a summary" >&2
  exit 1
fi
read -r total errors failed skipped notrun <<<"$summary"
wrong=$((errors + failed))
[ "$skipped" -eq 0 ] || echo "$skipped skipped (the log above says why)"
echo "$((total - failed - skipped - notrun)) passed, $wrong failed"
[ "$wrong" -eq 0 ] && [ "$status" -eq 0 ]
