using GcReplay.Tests.CommandLine;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Stories;

/// <summary>Traces of every version that was ever released open for ever, and say what they said then. Never change what is expected
/// here: add a line for each trace of a new version.</summary>
public sealed class FrozenTraceTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("1.0/chaos", 1, 246, "2e964bfa7cddf405", "238 freed-named-by-live-link")]
    [InlineData("1.0/crash", 1, 113, "d09c0eeb4d9afa53", "97 freed-named-by-live-link")]
    [InlineData("1.0/foreign", 1, 44, "af07e623edbe7294", "41 black-to-white")]
    [InlineData("1.0/plain", 1, 143, "54981bc5fdb1a3e0", "")]
    [InlineData("1.0/redacted", 1, 118, "112804c552a0c8e8", "95 freed-named-by-live-link, 104 use-after-free")]
    [InlineData("1.0/window", 60, 110, "49874c4a66bfbb05", "95 freed-named-by-live-link, 104 use-after-free")]
    public void It_opens_is_whole_and_shows_what_it_showed(string name, int first, int last, string hash, string findings)
    {
        var trace = Repository.PathOf($"traces/frozen/{name}.gctrace");
        var info = CommandLineRun.Of("info", trace, "--json").Json;
        Assert.True((bool)info["whole"]!);
        Assert.Equal((first, last, hash), ((int)info["firstEvent"]!, (int)info["events"]!, (string)info["contentHash"]!));
        // Checks may be added, and none of these may be lost.
        var found = CommandLineRun.Of("check", trace, "--json").Json["findings"]!.AsArray().Select(f => $"{f!["event"]} {f["code"]}").ToList();
        Assert.Empty(findings.Split(", ", StringSplitOptions.RemoveEmptyEntries).Except(found));
        var replay = CommandLineRun.Of("replay", trace, "-x", "goto end", "-x", "interpreters", "-x", "goto start", "-x", "step");
        Assert.True(replay.ExitCode == ExitCode.Ok || replay.Error.Contains("no interpreter exists", StringComparison.Ordinal), replay.Error);
    }

    [Fact]
    public void Every_frozen_trace_is_tried()
    {
        var tried = typeof(FrozenTraceTests).GetMethod(nameof(It_opens_is_whole_and_shows_what_it_showed))!
            .GetCustomAttributesData().Where(a => a.AttributeType == typeof(InlineDataAttribute))
            .Select(a => (string)((System.Collections.ObjectModel.ReadOnlyCollection<System.Reflection.CustomAttributeTypedArgument>)a.ConstructorArguments[0].Value!)[0].Value!);
        var there = Repository.Files.Where(f => f.StartsWith("traces/frozen/", StringComparison.Ordinal) && f.EndsWith(".gctrace", StringComparison.Ordinal))
            .Select(f => f["traces/frozen/".Length..^".gctrace".Length]);
        Assert.Equal(there.Order(StringComparer.Ordinal), tried.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("1.0/chaos")]
    [InlineData("1.0/crash")]
    public void Its_window_can_still_be_cut(string name)
    {
        var cut = folder.PathOf("cut.gctrace");
        var run = CommandLineRun.Of("trim", Repository.PathOf($"traces/frozen/{name}.gctrace"), "--from", "50", "-o", cut);
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.True((bool)CommandLineRun.Of("info", cut, "--json").Json["whole"]!);
    }
}
