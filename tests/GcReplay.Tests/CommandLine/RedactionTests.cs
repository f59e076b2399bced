using System.Text;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Tests.House;
using GcReplay.Tests.Traces;
using GcReplay.Tests.Debugging;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.CommandLine;

public sealed class RedactionTests : IDisposable
{
    private const string Secret = "Xyzzy42!";

    private readonly ScratchFolder folder = new();

    private string Redacted => folder.PathOf("redacted.gctrace");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData]
    [InlineData("--from", "20", "--to", "40")]
    public void No_secret_of_a_program_is_in_any_decoded_byte(params string[] window)
    {
        var program = folder.Write($"{Secret}.heap", $$"""
            # {{Secret}} in a comment
            type {{Secret[..7]}} = plain
            globals {{Secret[..7]}}g
            thread main {
              {{Secret[..7]}}g = new {{Secret[..7]}} 2 "{{Secret}}"
              interpreter {{Secret[..7]}}i
              enter {{Secret[..7]}}i
              store {{Secret[..7]}}g 0 {{Secret[..7]}}g
              enter main
              end {{Secret[..7]}}i
              collect full
            }
            """);
        var trace = folder.PathOf($"{Secret}.gctrace");
        var record = CommandLineRun.Of("record", program, "-o", trace);
        Assert.True(record.ExitCode is ExitCode.Ok or ExitCode.Finding, record.Error);
        Assert.Contains(Secret[..7], Decoded(trace));
        var run = CommandLineRun.Of(["trim", trace, "-o", Redacted, "--redact", .. window]);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.DoesNotContain(Secret[..7], Decoded(Redacted));
        Assert.DoesNotContain(Secret[..7], CommandLineRun.Of("replay", Redacted, "-x", "goto end", "-x", "object #1", "-x", "interpreters").Output);
    }

    [Fact]
    public void String_bytes_are_gone_and_the_shape_of_the_heap_is_the_same()
    {
        var trace = folder.PathOf("strings.gctrace");
        WriteStrings(trace);
        Assert.Contains(Secret, Decoded(trace));
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("trim", trace, "-o", Redacted, "--redact").ExitCode);
        Assert.DoesNotContain(Secret, Decoded(Redacted));
        Assert.Equal(Shape(trace), Shape(Redacted));
    }

    /// <summary>Whoever writes traces of a runtime of his own names things as he does at home, and keeps bytes where he likes.</summary>
    [Theory]
    [InlineData]
    [InlineData("--from", "9")]
    public void No_secret_of_a_foreign_trace_is_in_any_decoded_byte_and_its_heap_looks_the_same(params string[] window)
    {
        var trace = folder.PathOf("foreign.gctrace");
        ForeignSecrets.Write(trace, Secret);
        foreach (var place in ForeignSecrets.Places)
            Assert.Contains($"{Secret}{place}", Decoded(trace));
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of(["trim", trace, "-o", folder.PathOf("part.gctrace"), .. window]).ExitCode);
        var run = CommandLineRun.Of(["trim", trace, "-o", Redacted, "--redact", .. window]);
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.DoesNotContain(Secret, Decoded(Redacted));
        Assert.DoesNotContain(Secret[..7], Decoded(Redacted));

        Assert.Equal(Shape(folder.PathOf("part.gctrace")), Shape(Redacted));
        var (whole, poor) = (CommandLineRun.Of("check", folder.PathOf("part.gctrace"), "--json").Json, CommandLineRun.Of("check", Redacted, "--json").Json);
        Assert.NotEmpty(whole["findings"]!.AsArray());
        Assert.Equal(
            whole["findings"]!.AsArray().Select(f => $"{f!["event"]} {f["code"]}"), poor["findings"]!.AsArray().Select(f => $"{f!["event"]} {f["code"]}"));
        var lists = CommandLineRun.Of("replay", Redacted, "-x", "goto end", "-x", "lists").Output;
        Assert.Contains("  2 members", lists);
    }

    [Fact]
    public void The_shape_of_a_recorded_heap_is_the_same()
    {
        var trace = Repository.PathOf("traces/two-bugs/two-bugs.gctrace");
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("trim", trace, "-o", Redacted, "--redact").ExitCode);
        Assert.Equal(Shape(trace), Shape(Redacted));
        var (whole, poor) = (CommandLineRun.Of("check", trace, "--json").Json, CommandLineRun.Of("check", Redacted, "--json").Json);
        Assert.Equal(
            whole["findings"]!.AsArray().Select(f => $"{f!["event"]} {f["code"]}"), poor["findings"]!.AsArray().Select(f => $"{f!["event"]} {f["code"]}"));
    }

    [Fact]
    public void Verify_says_why_it_can_not_run()
    {
        CommandLineRun.Of("trim", Repository.PathOf("traces/two-bugs/two-bugs.gctrace"), "-o", Redacted, "--redact");
        var run = CommandLineRun.Of("verify", Redacted);
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("is redacted: its program and its names were taken out", run.Error);
    }

    /// <summary>Every byte that a reader could get out of a file: raw frames, and the words of decoded events and states.</summary>
    private static string Decoded(string path)
    {
        var bytes = new List<byte>();
        foreach (var frame in Forgery.Frames(File.ReadAllBytes(path)))
            bytes.AddRange(frame.Raw);
        using var reader = TraceReader.Open(path);
        for (var number = 0; number < reader.BlockCount; number++)
        {
            var block = reader.ReadBlock(number);
            foreach (var words in new[] { block.A, block.B, block.C, block.D, block.ChangeAddresses, block.ChangeXors })
                bytes.AddRange(words.SelectMany(BitConverter.GetBytes));
        }

        var timeline = new GcReplay.Debugging.Timelines.Timeline(reader);
        for (var position = timeline.Start; position <= reader.EventCount; position++)
        {
            timeline.MoveTo(position);
            bytes.AddRange(timeline.Space.SavedPages().SelectMany(page => page.Words.ToArray()).Where(word => word != 0).SelectMany(BitConverter.GetBytes));
        }

        return Encoding.Latin1.GetString([.. bytes]);
    }

    /// <summary>At every position: the cells, their objects, and the words that refer to other objects or link lists.</summary>
    private static string Shape(string path)
    {
        using var reader = TraceReader.Open(path);
        var timeline = new GcReplay.Debugging.Timelines.Timeline(reader);
        var shape = new StringBuilder();
        for (var position = timeline.Start; position <= reader.EventCount; position++)
        {
            timeline.MoveTo(position);
            foreach (var cell in timeline.Shadow.Cells())
            {
                shape.Append(position).Append(' ').Append(cell).Append(timeline.Shadow.OperandOf(cell)).Append(':');
                if (timeline.View.Object(timeline.Shadow.OperandOf(cell)) is { } o)
                    shape.AppendJoin(' ', o.References.Select(r => $"{r.Slot}>{r.Target}")).Append(' ').Append(o.Colour);
                shape.AppendLine();
            }
        }

        return shape.ToString();
    }

    /// <summary>Objects of a layout whose strings lie in words that no field describes, in integers and in a buffer.</summary>
    private static void WriteStrings(string path)
    {
        var secret = BitConverter.ToUInt64(Encoding.ASCII.GetBytes(Secret));
        var header = HandMadeLayout.Header();
        var layout = header.Layout;
        layout = layout with
        {
            Structs =
            [
                .. layout.Structs,
                new StructLayout("text", StructRole.Object, 0, [Field.Word("hash", 0, FieldRole.Integer), Field.Word("next", 8, FieldRole.Owned)], []),
            ],
            Types = [.. layout.Types, new ObjectType("text", "text", 0, true)],
        };
        using var writer = new TraceWriter(path, header with { Layout = layout, ProgramText = Secret });
        var block = new EventBlock(16) { FirstEvent = 1 };
        var state = new AddressSpace();
        block.Add(new Event(EventKind.Map, 0, 0, 0x10000, 0x4000, 0, 0));
        block.Add(new Event(EventKind.Allocate, 0, 0, 0x10000, 40, 1, ObjectEntry.Descriptor(1, 0, 0, 0)));
        Poke(block, state, 0x10000, secret);
        Poke(block, state, 0x10010, secret);
        block.Add(new Event(EventKind.Allocate, 0, 0, 0x10040, 40, 2, ObjectEntry.Descriptor(1, 0, 0, 0)));
        Poke(block, state, 0x10008, 0x10040);
        block.Add(new Event(EventKind.Store, 0, 0, 0x10040, 0x10058, 0, 0));
        Poke(block, state, 0x10058, secret);
        Poke(block, state, 0x10058, secret + 1);
        block.Add(new Event(EventKind.Store, 0, 0, 0x10040, 0x10048, 0x10000, 0));
        Poke(block, state, 0x10048, 0x10000);
        var events = block.LastEvent;
        writer.Take(block, state);
        writer.Finish(Runs.Outcome(events) with { Failure = null, Status = GcReplay.Traces.RunStatus.Ok }, []);
    }

    private static void Poke(EventBlock block, AddressSpace state, ulong address, ulong value) =>
        block.AddChange(new Address(address), state.Poke(new Address(address), value));
}
