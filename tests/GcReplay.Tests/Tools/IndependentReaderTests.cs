using System.Text.RegularExpressions;
using GcReplay.Debugging.Cutting;
using GcReplay.Heaps.Events;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.CommandLine;
using GcReplay.Tests.House;
using GcReplay.Tests.Stories;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Tools;

/// <summary>A reader and a writer that know FORMAT.md and nothing else.</summary>
public sealed class IndependentReaderTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(GalleryTests.Traces), MemberType = typeof(GalleryTests))]
    public void It_reads_every_trace_of_the_gallery_to_the_same_content_hash(string trace)
    {
        var plain = folder.PathOf("plain.gctrace");
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("salvage", Repository.PathOf(trace), "--codec", "none", "-o", plain).ExitCode);
        var info = CommandLineRun.Of("info", Repository.PathOf(trace), "--json").Json;
        Assert.EndsWith($"events {info["events"]}\ncontent hash {info["contentHash"]}\n", Python.Run("read_trace.py", plain));
    }

    [Fact]
    public void It_reads_the_same_words_of_every_event()
    {
        var (trace, plain) = (Repository.PathOf("traces/two-bugs/two-bugs.gctrace"), folder.PathOf("plain.gctrace"));
        CommandLineRun.Of("salvage", trace, "--codec", "none", "-o", plain);
        var read = Python.Run("read_trace.py", plain, "--events").Split('\n');
        using var reader = TraceReader.Open(trace);
        for (var number = 1; number <= reader.EventCount; number++)
            Assert.Equal(Line(reader, number), read[number]);
    }

    /// <summary>What FORMAT.md says of the shadow, the state hash, checkpoints and indexes is all that there is to know of them.</summary>
    [Theory]
    [MemberData(nameof(GalleryTests.Traces), MemberType = typeof(GalleryTests))]
    public void Another_plays_every_trace_of_the_gallery_to_the_same_state(string trace)
    {
        var plain = folder.PathOf("plain.gctrace");
        CommandLineRun.Of("salvage", Repository.PathOf(trace), "--codec", "none", "-o", plain);
        using var reader = TraceReader.Open(plain);
        Assert.Equal($"state hash {reader.Outcome!.StateHash:x16}\n0 checkpoints, {reader.BlockCount} indexes\n", Python.Run("play_trace.py", plain));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_finds_in_a_window_the_checkpoints_that_it_comes_to(bool isRedacted)
    {
        var (window, plain) = (folder.PathOf("window.gctrace"), folder.PathOf("plain.gctrace"));
        using (var whole = TraceReader.Open(Repository.PathOf("traces/pypy-78bbeb93471/lost.gctrace")))
            new TraceWindow(whole, 40, whole.EventCount, isRedacted ? PublishedNames.All : null, policy: CheckpointPolicy.EveryBlock).Write(window);
        CommandLineRun.Of("salvage", window, "--codec", "none", "-o", plain);
        Assert.EndsWith("\n2 checkpoints, 2 indexes\n", Python.Run("play_trace.py", plain));
    }

    [Fact]
    public void It_is_short_and_needs_nothing_but_python()
    {
        var text = Repository.Read("tools/read_trace.py");
        Assert.InRange(text.Count(c => c == '\n'), 1, 199);
        Assert.Equal(["pathlib", "struct", "sys", "zlib"], Regex.Matches(text, @"^\s*(?:import|from) (\w+)", RegexOptions.Multiline).Select(m => m.Groups[1].Value));
    }

    [Fact]
    public void A_heap_from_python_opens_with_objects_colours_lists_and_sanitizers()
    {
        var toy = folder.PathOf("toy.gctrace");
        Python.Run("write_toy_trace.py", toy);
        Assert.True((bool)CommandLineRun.Of("info", toy, "--json").Json["whole"]!);
        var check = CommandLineRun.Of("check", toy);
        Assert.Equal(ExitCode.Finding, check.ExitCode);
        Assert.Contains("black-to-white: black #1 node 'head' refers to white #4 node 'victim' through right", check.Output);
        var replay = CommandLineRun.Of("replay", toy, "-x", "goto end", "-x", "list nodes", "-x", "who-wrote #1.right", "-x", "goto start");
        Assert.Equal(ExitCode.Ok, replay.ExitCode);
        Assert.Contains("0  #1 node 'head', black\n  1  #2 node 'left', grey\n  2  #3 node 'right', white", replay.Output);
        Assert.Contains("Store #1 node 'head' slot=right value=#4 node 'victim'  main, line 11: head.right = victim, without a barrier", replay.Output);
        Assert.Contains($"content hash {CommandLineRun.Of("info", toy, "--json").Json["contentHash"]}", Python.Run("read_trace.py", toy));
    }

    [Fact]
    public void The_page_names_every_kind_of_event_with_its_operands()
    {
        var page = Repository.Read("src/GcReplay.Traces/Files/FORMAT.md");
        foreach (var shape in EventShapes.All)
            Assert.Contains($"| {(int)shape.Kind} | {shape.Kind} | {string.Join(", ", shape.Operands.Select(o => o.Name))} |\n", page);
    }

    [Fact]
    public void The_page_names_the_operands_that_an_index_takes_as_addresses()
    {
        var page = Repository.Read("src/GcReplay.Traces/Files/FORMAT.md");
        var paragraph = Regex.Match(page, @"The words named are those.*?0 names nothing", RegexOptions.Singleline).Value;
        var named = Regex.Matches(paragraph.Split(", and of Splice's")[0], "`(\\w+)`").Select(m => m.Groups[1].Value).ToHashSet();
        foreach (var (kind, name, operand) in EventShapes.All.SelectMany(shape => shape.Operands.Select(o => (shape.Kind, o.Name, o.Kind))))
        {
            var isAddress = operand is OperandKind.Address or OperandKind.ReadAddress or OperandKind.Object or OperandKind.Container;
            Assert.Equal(isAddress, named.Contains(name) || (kind is EventKind.Splice or EventKind.Move) && name is "from" or "to");
        }
    }

    private static string Line(TraceReader reader, long number)
    {
        var block = reader.ReadBlock(reader.BlockOf(number));
        var index = (int)(number - block.FirstEvent);
        var e = block[index];
        var changes = Enumerable.Range(block.ChangeStart(index), block.ChangeEnds[index] - block.ChangeStart(index))
            .Select(block.Change).Select(c => $" {c.Address.Value:x}^{c.Xor:x}");
        return $"{number} {(int)e.Kind} {e.Thread} {e.Site} {e.A} {e.B} {e.C} {e.D}{string.Concat(changes)}";
    }
}
