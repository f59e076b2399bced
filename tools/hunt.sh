#!/usr/bin/env bash
# A job that hunts: tools/hunt.sh COLLECTOR [SECONDS [FOLDER]]. What it finds is in FOLDER, to be uploaded: traces, programs, and in
# FOLDER/small each of them shrunk. Exit code 1 when something was found; the log then ends with the seeds and the commands to repeat.
# GCREPLAY names the program; HUNT_SEED the first seed, so that each run of the job hunts with others; HUNT_RUNS how many seeds, in place of
# SECONDS; HUNT_IGNORE holds signatures that are known, one a line.
set -uo pipefail

# Without ${1:?}, which would end it with 1, as if something had been found.
[ $# -gt 0 ] || { echo "usage: tools/hunt.sh COLLECTOR [SECONDS [FOLDER]]" >&2; exit 2; }
collector=$1
seconds=${2:-600}
folder=${3:-hunt}
gcreplay=${GCREPLAY:-gcreplay}

limit=(--seconds "$seconds")
[ -z "${HUNT_RUNS:-}" ] || limit=(--runs "$HUNT_RUNS")
ignore=()
while IFS= read -r signature; do
  [ -z "$signature" ] || ignore+=(--ignore "$signature")
done <<<"${HUNT_IGNORE:-}"

"$gcreplay" hunt --generate --collector "$collector" "${limit[@]}" --seed "${HUNT_SEED:-1}" -o "$folder" ${ignore[@]+"${ignore[@]}"}
status=$?
[ "$status" -eq 1 ] || exit "$status"

mkdir -p "$folder/small"
for trace in "$folder"/*.gctrace; do
  [ -e "$trace" ] || continue
  echo
  echo "== $trace"
  "$gcreplay" shrink "$trace" -o "$folder/small/$(basename "$trace")" || true
done
exit 1
