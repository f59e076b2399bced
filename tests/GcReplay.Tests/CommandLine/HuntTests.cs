using System.Text.Json.Nodes;

namespace GcReplay.Tests.CommandLine;

/// <summary>hunt: what it finds, what it keeps, and how it goes on.</summary>
public sealed class HuntTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_hunt_groups_what_goes_wrong_and_keeps_a_trace_of_each()
    {
        var run = Hunt(ScratchFolder.Bpo46070, "--collector", "cpython39@7247407", "--runs", "20");

        Assert.Equal(ExitCode.Finding, run.ExitCode);
        Assert.Equal(20, (long)run.Json["runs"]!);
        var failure = Assert.Single(run.Json["failures"]!.AsArray())!;
        Assert.Equal("violation freed-named-by-live-link | Free |  |  | method", (string)failure["signature"]!);
        Assert.Equal(20, (long)failure["hits"]!);
        var check = CommandLineRun.Of("check", (string)failure["trace"]!, "--json");
        Assert.Equal("freed-named-by-live-link", (string)check.Json["firstCorruption"]!["code"]!);
    }

    [Fact]
    public void The_command_that_a_hunt_prints_makes_the_same_trace()
    {
        var run = Hunt("--generate", "--collector", "cpython39@7247407", "--until-failure");

        var failure = run.Json["failures"]!.AsArray()[0]!;
        var again = folder.PathOf("again.gctrace");
        string[] words = ((string)failure["command"]!).Split(' ');
        Assert.Equal("gcreplay", words[0]);
        CommandLineRun.Of([.. words[1..], "-o", again]);
        Assert.Equal(File.ReadAllBytes((string)failure["trace"]!), File.ReadAllBytes(again));
    }

    [Fact]
    public void A_clean_hunt_finds_nothing_and_says_what_it_did_not_reach()
    {
        var run = CommandLineRun.Of("hunt", "--generate", "--collector", "marksweep", "--runs", "10", "--ignore", "crash of somebody else", "--jobs", "0", "-o", folder.PathOf("clean"));

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("nothing was found", run.Output);
        Assert.Contains("to be ignored, and never met: crash of somebody else", run.Output);
        Assert.Contains("sites never reached: ", run.Output);
        Assert.Contains("seeds done: 1-10", run.Output);
    }

    [Fact]
    public void A_hunt_goes_on_where_the_last_one_in_its_folder_ended()
    {
        string[] arguments = ["--generate", "--collector", "cpython39@7247407"];
        Hunt([.. arguments, "--runs", "30"]);

        var more = CommandLineRun.Of(["hunt", .. arguments, "--runs", "80", "--jobs", "0", "-o", folder.PathOf("found")]);
        var whole = CommandLineRun.Of(["hunt", .. arguments, "--runs", "80", "--jobs", "0", "-o", folder.PathOf("whole"), "--json"]);
        var resumed = Hunt([.. arguments, "--runs", "80"]);

        Assert.Contains("seeds 1-30 are done", more.Output);
        Assert.Equal(Findings(whole.Json), Findings(resumed.Json));
        Assert.Equal(80, (long)resumed.Json["runs"]!);
        Assert.Equal("[[1,80]]", resumed.Json["done"]!.ToJsonString());
    }

    [Fact]
    public void A_folder_of_another_hunt_is_refused()
    {
        Hunt("--generate", "--collector", "marksweep", "--runs", "2");

        var run = Hunt("--generate", "--collector", "semispace", "--runs", "2");

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("found holds another hunt: collector is marksweep, now semispace. Name another folder", run.Error);
    }

    [Fact]
    public void A_known_signature_is_ignored_and_the_hunt_goes_on_to_the_next_bug()
    {
        var program = House.Repository.PathOf("traces/two-bugs/two-bugs.heap");
        string[] arguments = [program, "--collector", "cpython39@7247407", "--runs", "10"];
        var first = (string)Assert.Single(Hunt(arguments).Json["failures"]!.AsArray())!["signature"]!;

        // What follows from the first is ignored with it.
        var run = CommandLineRun.Of(
            ["hunt", .. arguments, "--ignore", first, "--ignore", "violation use-after-free | Hazard |  |  | ", "--jobs", "0", "-o", folder.PathOf("next"), "--json"]);

        Assert.Contains(run.Json["failures"]!.AsArray(), failure => (string)failure!["signature"]! == "crash write | Unlink |  | untrack-macro | function");
        Assert.Equal(10, (long)run.Json["ignored"]![first]!);
    }

    [Fact]
    public async Task A_cancelled_hunt_keeps_what_was_found()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        // However slow the machine is: cancelled once something was found.
        var hunt = Task.Run(Hunted);
        while (!hunt.IsCompleted && !(Directory.Exists(folder.PathOf("found")) && Directory.EnumerateFiles(folder.PathOf("found"), "*.gctrace").Any()))
            await Task.Delay(20, cancellation.Token);
        await cancellation.CancelAsync();

        var run = await hunt;
        Assert.Equal(ExitCode.Cancelled, run.ExitCode);
        Assert.Equal("cancelled", (string)run.Json["status"]!);
        Assert.True(File.Exists((string)run.Json["failures"]![0]!["trace"]!));
        Assert.Equal((long)run.Json["runs"]!, (long)JsonNode.Parse(File.ReadAllText(folder.PathOf("found/hunt.json")))!["result"]!["runs"]!);

        CommandLineRun Hunted() => CommandLineRun.CancelledBy(
            cancellation.Token, "hunt", ScratchFolder.Bpo46070, "--collector", "cpython39@7247407", "--seconds", "600", "--jobs", "1", "-o", folder.PathOf("found"), "--json");
    }

    [Theory]
    [InlineData("expected a heap program to hunt with", "--runs", "1")]
    [InlineData("expected how long to hunt", "--generate")]
    [InlineData("Leave one of them out", "x.heap", "--generate", "--runs", "1")]
    [InlineData("--runs is more than 0; found 0", "--generate", "--runs", "0")]
    [InlineData("--seconds is more than 0; found NaN", "--generate", "--seconds", "nan")]
    [InlineData("--patience NaN: expected seconds", "--generate", "--runs", "1", "--patience", "nan")]
    [InlineData("the name of the folder is empty", "--generate", "--runs", "1", "-o", "")]
    [InlineData("--strategy and --set chaos.strategy", "--generate", "--runs", "1", "--strategy", "swarm", "--set", "chaos.strategy=random")]
    [InlineData("there is no strategy 'swarn'; did you mean", "--generate", "--runs", "1", "--strategy", "swarn")]
    public void What_can_not_be_hunted_is_said(string message, params string[] arguments)
    {
        var run = CommandLineRun.Of(["hunt", .. arguments]);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains(message, run.Error);
    }

    /// <summary>Half of its runs store, which the plug-ins of these tests do not survive.</summary>
    private const string StoresSometimes = """
        globals a
        thread main {
          a = new plain 1
          choose { drop a } or { store a 0 a }
        }
        """;

    [Fact]
    public void Processes_find_together_what_one_finds_alone()
    {
        string[] arguments = ["hunt", "--generate", "--collector", "cpython39@7247407", "--runs", "120", "--json"];

        var alone = CommandLineRun.Of([.. arguments, "--jobs", "0", "-o", folder.PathOf("alone")]);
        var together = CommandLineRun.Of([.. arguments, "--jobs", "2", "-o", folder.PathOf("together")]);

        Assert.Equal(Findings(alone.Json), Findings(together.Json));
        Assert.Equal(alone.Json["coverage"]!.ToJsonString(), together.Json["coverage"]!.ToJsonString());
        Assert.Equal((long)alone.Json["events"]!, (long)together.Json["events"]!);
    }

    [Theory]
    [InlineData("dies", "worker died |  |  |  | ", "exit code 77")]
    [InlineData("hangs", "worker hung |  |  |  | ", "did not answer for 4 s")]
    public void A_run_that_its_process_does_not_survive_is_a_finding(string family, string signature, string message)
    {
        var plugIn = Path.Combine(AppContext.BaseDirectory, "GcReplay.Tests.dll") + ":" + family;

        var run = Hunt(folder.Write("store.heap", StoresSometimes), "--collector", plugIn, "--runs", "4", "--jobs", "1", "--patience", "4");

        var failure = Assert.Single(run.Json["failures"]!.AsArray())!;
        Assert.Equal(signature, (string)failure["signature"]!);
        Assert.Contains(message, (string)failure["message"]!);
        Assert.InRange((long)failure["hits"]!, 1, 3);
        Assert.Equal(4, (long)run.Json["runs"]!);
        Assert.Null(failure["trace"]);
    }

    [Theory]
    [InlineData("gh-116510", true)]
    [InlineData("gh-92036", true)]
    [InlineData("shared-state", false)]
    public void An_object_that_no_collection_will_find_is_a_leak_when_asked_for(string revision, bool leaks)
    {
        var program = folder.Write("ring.heap", """
            thread main {
              interpreter sub
              enter sub
              g0 = new plain 1
              store g0 0 g0
              enter main
              end sub
              drop g0
              collect
            }
            """);
        string[] arguments = [program, "--collector", "cpython39@" + revision, "--runs", "1", "--jobs", "0"];

        Assert.Equal(ExitCode.Ok, Hunt(arguments).ExitCode);
        var run = CommandLineRun.Of(["hunt", .. arguments, "--leaks", "-o", folder.PathOf("leaks"), "--json"]);

        Assert.Equal(leaks ? ["leak never-found | ThreadEnd |  |  | plain"] : [], run.Json["failures"]!.AsArray().Select(f => (string)f!["signature"]!));
    }

    private CommandLineRun Hunt(params string[] arguments) => CommandLineRun.Of(
        ["hunt", .. arguments, .. arguments.Contains("--jobs") ? (string[])[] : ["--jobs", "0"], "-o", folder.PathOf("found"), "--json"]);

    private static string Findings(JsonObject json) =>
        string.Join('\n', json["failures"]!.AsArray().Select(f => $"{f!["signature"]} {f["hits"]} {f["seed"]} {f["operations"]}"));
}
