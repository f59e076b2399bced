using GcReplay.Debugging;
using GcReplay.Output;
using RadLine;

namespace GcReplay.Typing;

/// <summary>Completes names of commands, and behind them the names that the position knows: lists, structs, places to go to.</summary>
internal sealed class CommandCompletion(Debugger debugger) : ITextCompletion
{
    private static readonly string[] Places = ["start", "end", "failure", "first-bad"];

    public IEnumerable<string> GetCompletions(string prefix, string word, string suffix) =>
        Candidates(prefix).Where(name => name.StartsWith(word, StringComparison.Ordinal) && HarmlessText.Is(name)).Order(StringComparer.Ordinal).Distinct();

    private IEnumerable<string> Candidates(string prefix)
    {
        var first = prefix.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return first switch
        {
            null or "help" => debugger.Commands.Names,
            "goto" => Places,
            "list" => debugger.Timeline.View.Lists().Select(list => list.Name),
            _ => debugger.Timeline.View.Instances().Select(instance => instance.Name),
        };
    }
}
