using GcReplay.Tests.CommandLine;
using GcReplay.Tests.House;
using Xunit.Sdk;

namespace GcReplay.Tests.Hunting;

/// <summary>emit: the tests it writes are those in <c>Emitted</c>, which fail where the bug is and pass where it is mended. To write them
/// again: GCREPLAY_UPDATE=1.</summary>
public sealed class EmitTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_shrunk_bug_of_the_gallery_becomes_a_test()
    {
        CommandLineRun.Of("shrink", Repository.PathOf("traces/pypy-78bbeb93471/lost.gctrace"), "-o", folder.PathOf("memcopy.gctrace"));

        AssertEmits("memcopy.gctrace", "MemcopyTests");
    }

    [Fact]
    public void A_run_that_needs_choices_becomes_a_test_with_its_choices()
    {
        var program = folder.Write("by-chance.heap", """
            globals keep
            thread main {
              interpreter sub
              choose { keep = new plain 1 } or { enter sub }
              keep = new plain 1
              end sub
            }
            """);
        var hunt = CommandLineRun.Of("hunt", program, "--collector", "cpython39@7247407", "--runs", "10", "--jobs", "0", "-o", folder.PathOf("found"), "--json");
        File.Copy((string)hunt.Json["failures"]![0]!["trace"]!, folder.PathOf("by-chance.gctrace"));

        AssertEmits("by-chance.gctrace", "ByChanceTests");
    }

    [Fact]
    public void The_test_fails_where_the_bug_is_and_passes_where_it_is_mended()
    {
        Assert.ThrowsAny<XunitException>(() => MemcopyTests.Check("incminimark@1e26d9ba1c5"));
        MemcopyTests.Check("incminimark@78bbeb93471");
        Assert.ThrowsAny<XunitException>(() => ByChanceTests.Check("cpython39@7247407"));
        ByChanceTests.Check("cpython39@1a4d1c1");
    }

    [Fact]
    public void A_healthy_run_is_refused()
    {
        var run = CommandLineRun.Of("emit", Repository.PathOf("traces/gh-116510/fixed.gctrace"));

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("ends well", run.Error);
    }

    [Fact]
    public void Nothing_but_an_earlier_test_is_replaced()
    {
        var trace = folder.PathOf("crash.gctrace");
        File.Copy(Repository.PathOf("traces/bpo-46070/crash.gctrace"), trace);
        var before = File.ReadAllBytes(trace);
        var mine = folder.Write("Mine.cs", "class Mine;");

        Assert.Contains("is the trace itself", Refused(trace));
        Assert.Contains("was not written by emit: it is left as it is", Refused(mine));
        Assert.Contains("expected the name of a class", Refused(folder.PathOf("New.cs"), "--name", "a b"));
        Assert.Equal(before, File.ReadAllBytes(trace));
        Assert.Equal("class Mine;", File.ReadAllText(mine));
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("emit", trace, "-o", folder.PathOf("New.cs")).ExitCode);
        Assert.Equal(ExitCode.Ok, CommandLineRun.Of("emit", trace, "-o", folder.PathOf("New.cs")).ExitCode);

        string Refused(string target, params string[] more)
        {
            var run = CommandLineRun.Of(["emit", trace, "-o", target, .. more]);
            Assert.Equal(ExitCode.BadInput, run.ExitCode);
            return run.Error;
        }
    }

    [Fact]
    public void A_program_that_quotes_much_stays_in_its_quotes()
    {
        var program = folder.Write("quotes.heap", """"
            # So: """quoted""".
            thread main {
              interpreter sub
              enter sub
              g0 = new plain 1
              end sub
            }
            """");
        CommandLineRun.Of("record", program, "--collector", "cpython39@7247407", "-o", folder.PathOf("quotes.gctrace"));

        var test = (string)CommandLineRun.Of("emit", folder.PathOf("quotes.gctrace"), "--json").Json["test"]!;

        var fence = System.Text.RegularExpressions.Regex.Match(test, "Program = (\"+)").Groups[1].Value;
        Assert.True(fence.Length > 3);
        Assert.Equal(2, test.Split(fence).Length - 1);
    }

    private void AssertEmits(string trace, string name)
    {
        var golden = Repository.PathOf($"tests/GcReplay.Tests/Hunting/Emitted/{name}.cs");
        var run = CommandLineRun.Of("emit", folder.PathOf(trace), "-o", folder.PathOf("test.cs"), "--json");
        var emitted = File.ReadAllText(folder.PathOf("test.cs"));

        Assert.Equal(name, (string)run.Json["class"]!);
        if (Environment.GetEnvironmentVariable("GCREPLAY_UPDATE") == "1")
            File.WriteAllText(golden, emitted);
        Assert.Equal(File.ReadAllText(golden), emitted);
    }
}
