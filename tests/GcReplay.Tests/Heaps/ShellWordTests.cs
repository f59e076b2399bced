using System.Diagnostics;
using GcReplay.Heaps;

namespace GcReplay.Tests.Heaps;

public sealed class ShellWordTests
{
    [Theory]
    [InlineData("traces/bpo-46070/crash.gctrace", "traces/bpo-46070/crash.gctrace")]
    [InlineData("cpython39@gh-94673", "cpython39@gh-94673")]
    [InlineData("größe.heap", "größe.heap")]
    [InlineData("my run.gctrace", "'my run.gctrace'")]
    [InlineData("it's.gctrace", @"'it'\''s.gctrace'")]
    [InlineData("", "''")]
    [InlineData("~", "'~'")]
    [InlineData("-x.gctrace", "./-x.gctrace")]
    [InlineData("x; rm -rf $HOME", "'x; rm -rf $HOME'")]
    [InlineData("two\nlines", @"$'two\u000alines'")]
    [InlineData("\u202Eecart'\\", @"$'\u202eecart\'\\'")]
    public void A_name_is_one_word(string name, string word) => Assert.Equal(word, ShellWord.Of(name));

    [Fact]
    public void A_shell_reads_the_name_again()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "no bash");
        foreach (var name in new[] { "my run", "it's", "", "$(id)`id`\"\\", "a\nb\tc", "x\u001b[31m'\\y\u202e", "*?[a]", "!x #y", "{a,b}", "größe" })
        {
            var start = new ProcessStartInfo("/bin/bash", ["-c", $"printf %s {ShellWord.Of(name)}"]) { RedirectStandardOutput = true };
            start.Environment["LC_ALL"] = "C.UTF-8";
            using var shell = Process.Start(start)!;
            Assert.Equal(name, shell.StandardOutput.ReadToEnd());
        }
    }
}
