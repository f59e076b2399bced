using System.Globalization;
using System.Text.Json.Nodes;
using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Commands;

public sealed class PositionsDiffCommand : Command
{
    private const int Shown = 50;

    public override string Name => "diff";

    public override string Usage => "diff N M (positions: numbers, start, end, here, or names of marks)";

    public override string Summary => "what is different between two positions: objects born and freed, colours, lists, owners, words";

    public override string Example => "diff 95 here";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(2, 2);
        var (one, other) = (Position(debugger, arguments, arguments[0]), Position(debugger, arguments, arguments[1]));
        var (from, to) = (Math.Min(one, other), Math.Max(one, other));
        var changes = new NetChanges { Words = [] };
        new EventScan(debugger.Timeline.Blocks).Forward(from + 1, to, ref changes, debugger.Progress);
        var before = Objects(debugger.At(from).View);
        var there = debugger.At(to);
        var after = Objects(there.View);

        var data = new JsonObject { ["from"] = from, ["to"] = to };
        var lines = new List<string> { $"from position {from} to {to}, over {to - from} events" };
        Add("born", "born", after.Where(o => !before.ContainsKey(o.Key)).Select(o => o.Value.Text));
        Add("freed", "freed", before.Where(o => !after.ContainsKey(o.Key)).Select(o => o.Value.Text));
        Add("colour", "colour", Changed(before, after, f => f.Colour));
        Add("list", "list", Changed(before, after, f => f.List));
        Add("owner", "owner", Changed(before, after, f => f.Owner));
        Add("words", "words", changes.Words.Where(w => w.Value != 0).Select(w => Word(there, new Address(w.Key), w.Value)));
        if (lines.Count == 1)
            lines.Add("  nothing is different");
        return new CommandResult(lines, data);

        void Add(string heading, string key, IEnumerable<string> texts)
        {
            var all = texts.ToList();
            data[key] = new JsonArray([.. all.Take(1000).Select(t => (JsonNode)t)]);
            if (all.Count == 0)
                return;
            lines.Add($"  {heading}: {all.Count}");
            lines.AddRange(all.Take(Shown).Select(t => $"    {t}"));
            if (all.Count > Shown)
                lines.Add($"    … {all.Count - Shown} more");
        }
    }

    private static long Position(Debugger debugger, Arguments arguments, string text) => text switch
    {
        "start" => 0,
        "end" => debugger.Timeline.EventCount,
        "here" => debugger.Timeline.Position,
        _ when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) =>
            number <= debugger.Timeline.EventCount ? number : throw arguments.Wrong($"there is no position {number}: this trace goes from 0 to {debugger.Timeline.EventCount}"),
        _ => debugger.Notebook.Find(text)?.Position ?? throw arguments.Wrong($"'{text}' is no position and no mark"),
    };

    private static SortedDictionary<ulong, Facts> Objects(HeapView view)
    {
        var facts = new SortedDictionary<ulong, Facts>();
        foreach (var o in view.LiveObjects())
        {
            facts[o.Number] = new Facts(
                o.ToString(),
                o.Colour == Colour.None ? "none" : o.Colour.ToString().ToLowerInvariant(),
                o.List?.Name ?? "none",
                o.Owner is { } owner ? view.InterpreterName(owner.Interpreter) + (owner.IsDestroyed ? ", destroyed" : "") : "none");
        }

        return facts;
    }

    private static IEnumerable<string> Changed(SortedDictionary<ulong, Facts> before, SortedDictionary<ulong, Facts> after, Func<Facts, string> fact)
    {
        foreach (var (number, now) in after)
        {
            if (before.TryGetValue(number, out var then) && fact(then) != fact(now))
                yield return $"{now.Text}: {fact(then)} -> {fact(now)}";
        }
    }

    private static string Word(Timeline there, Address address, ulong xor)
    {
        var now = there.Space.Peek(address);
        return $"{address}  {there.View.Describe(address)}: {Text(there.View, now ^ xor)} -> {Text(there.View, now)}";
    }

    private static string Text(HeapView view, ulong word)
    {
        var address = new Address(word);
        return word < 4096 || !Windows.IsProcess(address) ? word < 4096 ? word.ToString() : address.ToString()
            : view.Shadow.CellAt(address) is null ? address.ToString()
            : $"{address} ({EventText.ObjectAt(view, address)})";
    }

    private sealed record Facts(string Text, string Colour, string List, string Owner);

    /// <summary>What all events together did to each word of the process.</summary>
    private struct NetChanges : IEventTest
    {
        public SortedDictionary<ulong, ulong> Words;

        public readonly bool Hits(EventBlock block, int index)
        {
            for (var change = block.ChangeStart(index); change < block.ChangeEnds[index]; change++)
            {
                if (Windows.IsProcess(new Address(block.ChangeAddresses[change])))
                    Words[block.ChangeAddresses[change]] = Words.GetValueOrDefault(block.ChangeAddresses[change]) ^ block.ChangeXors[change];
            }

            return false;
        }
    }
}
