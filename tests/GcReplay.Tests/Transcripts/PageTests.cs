using System.Text;
using GcReplay.Tests.CommandLine;
using GcReplay.Tests.House;

namespace GcReplay.Tests.Transcripts;

/// <summary>The pages that a user reads: each block of a console in them is what the program prints now.</summary>
/// <remarks>In a block, a line <c>$ gcreplay …</c> is run, and the lines up to the next are its standard output. The commands of
/// one page share a folder for their files. With <c>GCREPLAY_UPDATE=1</c> the pages are rewritten.</remarks>
public sealed class PageTests
{
    private const string Prompt = "$ gcreplay ";

    public static TheoryData<string> Pages =>
        [.. Repository.Files.Where(f => f.EndsWith(".md", StringComparison.Ordinal) && Repository.Read(f).Contains("```console\n" + Prompt))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_shows_what_the_program_prints(string page)
    {
        var text = Repository.Read(page);
        var answered = Answered(text);
        if (Environment.GetEnvironmentVariable("GCREPLAY_UPDATE") == "1")
            File.WriteAllText(Repository.PathOf(page), answered);
        else
            Assert.Equal(text, answered);
    }

    [Fact]
    public void The_readme_opens_with_a_command_that_records_and_one_that_tests()
    {
        var blocks = Repository.Read("README.md").Split("```").Where((_, i) => i % 2 == 1).Take(2).Select(b => b[(b.IndexOf('\n') + 1)..].Trim()).ToList();
        Assert.StartsWith("dotnet run -c Release --project src/GcReplay -- record traces/bpo-46070/bpo-46070.heap", blocks[0]);
        Assert.Equal("dotnet run -c Release --project tests/GcReplay.Tests", blocks[1]);
        Assert.Contains(blocks[1].Replace("-c Release", "-c Release --no-build"), Repository.Read("tools/check.sh"));
    }

    private static string Answered(string page)
    {
        using var folder = new ScratchFolder();
        var answered = new StringBuilder();
        var isConsole = false;
        foreach (var line in page.Split('\n').SkipLast(1))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                isConsole = line == "```console";
            if (!isConsole || line == "```console" || line.StartsWith('$'))
                answered.Append(line).Append('\n');
            if (isConsole && line.StartsWith(Prompt, StringComparison.Ordinal))
                answered.Append(Run(Words(line[Prompt.Length..]), folder));
        }

        return answered.ToString();
    }

    private static string Run(List<string> words, ScratchFolder folder)
    {
        var args = words.Select(w => w.StartsWith("traces/", StringComparison.Ordinal) ? Repository.PathOf(w) : w.EndsWith(".gctrace", StringComparison.Ordinal) ? folder.PathOf(w) : w).ToList();
        if (words[0] == "record" && !words.Contains("-o") && !words.Contains("--no-trace"))
            args.AddRange(["-o", folder.PathOf(Path.GetFileNameWithoutExtension(words[1]) + ".gctrace")]);
        var run = CommandLineRun.Of([.. args]);
        Assert.Equal("", run.Error);
        return run.Output.Replace(folder.Root + Path.DirectorySeparatorChar, "").Replace(Repository.Root + Path.DirectorySeparatorChar, "");
    }

    /// <summary>Words of a command line; double quotes hold one together.</summary>
    private static List<string> Words(string line) =>
        [.. line.Split('"').SelectMany((part, i) => i % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
}
