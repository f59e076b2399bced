using GcReplay.Tests.Traces;

namespace GcReplay.Tests.CommandLine;

/// <summary>Traces whose checksums are right and whose events can not have happened: bad input, never a defect.</summary>
public sealed class ForgedTraceTests : IDisposable
{
    private const int EventsFrame = 2;

    private readonly ScratchFolder folder = new();
    private readonly byte[] whole;

    public ForgedTraceTests()
    {
        var path = folder.PathOf("whole.gctrace");
        CommandLineRun.Of("record", ScratchFolder.Bpo46070, "--collector", "cpython39@7247407", "--allocator", "guard", "-o", path);
        whole = File.ReadAllBytes(path);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0xFF)]
    [InlineData(0x01)]
    [InlineData(0x40)]
    public void No_byte_of_the_events_leads_to_a_defect(byte flip)
    {
        var frame = Forgery.Kinds(whole).IndexOf(EventsFrame);
        var length = 0;
        Forgery.Change(whole, frame, f => f with { Raw = [.. f.Raw.Take(length = f.Raw.Length)] });
        for (var at = 0; at < length; at += 13)
        {
            var forged = folder.PathOf("forged.gctrace");
            File.WriteAllBytes(forged, Forgery.Change(whole, frame, f => f with { Raw = Flipped(f.Raw, at, flip) }));
            LooksAtIt(at, "check", forged);
            LooksAtIt(at, "verify", forged);
            LooksAtIt(at, "replay", forged, "-x", "goto end", "-x", "object #2", "-x", "interpreters", "-x", "list main.generation0", "-x", "goto start");
            LooksAtIt(at, "replay", forged, "-x", "first-bad");
            if (at % 52 == 0)
                LooksAtIt(at, "report", forged, "-o", folder.PathOf("forged.html"));
        }
    }

    private static byte[] Flipped(byte[] bytes, int at, byte flip)
    {
        var changed = bytes.ToArray();
        changed[at] ^= flip;
        return changed;
    }

    private static void LooksAtIt(int at, params string[] args)
    {
        var run = CommandLineRun.Of(args);
        Assert.True(run.ExitCode is ExitCode.Ok or ExitCode.Finding or ExitCode.BadInput, $"byte {at}: {string.Join(' ', args)}: {run.Error}");
    }
}
