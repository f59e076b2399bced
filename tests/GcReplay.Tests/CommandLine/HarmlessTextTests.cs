using GcReplay.Output;

namespace GcReplay.Tests.CommandLine;

public sealed class HarmlessTextTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("\u001b[2J\u001b]0;gone\a", @"\u001b[2J\u001b]0;gone\u0007")]
    [InlineData("a\rb\u009b31m", @"a\u000db\u009b31m")]
    [InlineData("left\u202Etfel", @"left\u202etfel")]
    [InlineData("größe\tof #17\n", "größe\tof #17\n")]
    public void What_a_terminal_would_obey_is_written_out(string text, string harmless) => Assert.Equal(harmless, HarmlessText.Of(text));

    [Fact]
    public void Every_way_to_write_goes_through_it()
    {
        var inner = new StringWriter();
        var writer = new HarmlessWriter(inner);
        writer.Write('\u001b');
        writer.Write("\u001b");
        writer.Write("\u001b".AsSpan());
        writer.Write("\u001b".ToCharArray());
        writer.Write("{0}", "\u001b");
        writer.Write(new System.Text.StringBuilder("\u001b"));
        writer.Write((object)"\u001b");
        writer.WriteLine("\u001b");
        writer.WriteLine("\u001b".ToCharArray());
        writer.WriteLine("{0}", "\u001b");
        writer.WriteLine('\u001b');
        Assert.DoesNotContain('\u001b', inner.ToString());
        Assert.Equal(11, inner.ToString().Split(@"\u001b").Length - 1);
    }

    [Fact]
    public void An_escape_in_a_name_of_a_program_reaches_no_terminal()
    {
        var program = folder.Write("e.heap", "globals a\nthread main {\n  a = new plain 1 \"\u001b[31mred\u202E\"\n}\n");
        var trace = folder.PathOf("e.gctrace");
        var record = CommandLineRun.Of("record", program, "-o", trace);
        var replay = CommandLineRun.Of("replay", trace, "-x", "goto end", "-x", "object #1", "-x", "interpreters", "-x", "when", "--json");
        foreach (var text in new[] { record.Output, record.Error, replay.Output, replay.Error })
            Assert.True(HarmlessText.Is(text), text);
        Assert.Contains(@"\u001b[31mred", replay.Output, StringComparison.OrdinalIgnoreCase);
    }
}
