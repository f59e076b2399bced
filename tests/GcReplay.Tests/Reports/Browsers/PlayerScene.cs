using System.Text.Json.Nodes;
using GcReplay.Debugging;
using GcReplay.Debugging.Commands;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Tests.Reports.Browsers;

/// <summary>What a player shows, and that it is what the debugger says.</summary>
internal static class PlayerScene
{
    /// <summary>A function in the page that tells what the player shows, as text.</summary>
    public const string Shown = """
        (() => {
          const stage = document.getElementById('stage');
          const text = e => e.innerText.replace(/\s+/g, ' ').trim();
          const columns = [...stage.querySelectorAll('thead th')].map(text);
          return {
            event: Number(stage.dataset.event),
            moment: text(stage.querySelector('.moment')),
            links: [...stage.querySelectorAll('.here')].map(text),
            objects: [...stage.querySelectorAll('tbody tr')].map(row => Object.fromEntries([...row.children].map((cell, i) => [columns[i], text(cell)]))),
            lists: [...stage.querySelectorAll('figure.list')].map(list => ({ name: text(list.querySelector('b')), members: [...list.querySelectorAll(".node")].map(node => node.dataset.object) })),
            graph: [...stage.querySelectorAll('.graph .node')].map(node => node.dataset.object),
            references: [...stage.querySelectorAll('.graph path > title')].map(t => t.textContent).sort(),
            named: [...stage.querySelectorAll('tbody tr.named')].map(row => row.dataset.object),
            lines: [...document.querySelectorAll('.program .now')].map(line => Number(line.id.replace('line-', ''))),
          };
        })
        """;

    public static void AssertShows(Debugger debugger, JsonNode shown)
    {
        var timeline = debugger.Timeline;
        var view = timeline.View;
        Assert.Equal(timeline.Position, (long)shown["event"]!);
        Assert.Contains(Plain(EventText.What(timeline)), (string)shown["moment"]!, StringComparison.Ordinal);
        Assert.Contains(Plain(EventText.Where(timeline)), (string)shown["moment"]!, StringComparison.Ordinal);
        var live = view.LiveObjects().ToList();
        Assert.Equal(live.Select(o => o.ToString()), shown["objects"]!.AsArray().Select(r => (string)r!["Object"]!).Where(n => !n.EndsWith("freed", StringComparison.Ordinal) && !n.EndsWith("unmapped", StringComparison.Ordinal)));
        foreach (var o in live)
        {
            var row = shown["objects"]!.AsArray().Single(r => (string)r!["Object"]! == o.ToString())!;
            Assert.Equal(view.InterpreterName(o.Birthplace), (string)row["Birthplace"]!);
            Assert.Equal(o.Colour == Colour.None ? "" : o.Colour.ToString().ToLowerInvariant(), (string?)row["Colour"] ?? "");
            Assert.Equal(o.Owner is { } owner ? $"{view.InterpreterName(owner.Interpreter)}{(owner.IsDestroyed ? " destroyed" : "")}" : "", (string?)row["Owner"] ?? "");
            Assert.Equal(o.List?.Name ?? "", (string?)row["On list"] ?? "");
            Assert.All(o.References, r => Assert.Contains($"{r.Name} → {EventText.ObjectAt(view, r.Target)}", (string)row["Refers to"]!, StringComparison.Ordinal));
        }

        foreach (var list in view.Lists().Where(l => !l.Holder.HasEnded && !l.IsEmpty))
        {
            var drawn = shown["lists"]!.AsArray().Single(l => (string)l!["name"]! == list.Name)!;
            Assert.Equal(list.Walk().Members.Select(m => ObjectNumber.Text(view.ObjectAt(m)!.Number)), drawn["members"]!.AsArray().Select(m => (string)m!));
        }

        var named = EventText.What(timeline).Split(' ', '=', ',').Where(w => w.StartsWith('#')).Select(w => w[1..]).ToHashSet();
        Assert.Superset(named.Intersect(live.Select(o => ObjectNumber.Text(o.Number))).ToHashSet(), shown["named"]!.AsArray().Select(n => (string)n!).ToHashSet());
        Assert.Superset(live.Select(o => ObjectNumber.Text(o.Number)).ToHashSet(), shown["graph"]!.AsArray().Select(n => (string)n!).ToHashSet());
        Assert.Equal(References(view), shown["references"]!.AsArray().Select(r => (string)r!));
        var hasProgram = timeline.Source.Header.ProgramText.Length > 0;
        Assert.Equal(ProgramPlaces.Of(timeline).Where(p => hasProgram && p.IsUnderway).Select(p => p.Line).Distinct().Order(), shown["lines"]!.AsArray().Select(l => (int)l!));
    }

    /// <summary>Of each root and each living object, by what it refers to, the places in it.</summary>
    private static IEnumerable<string> References(HeapView view)
    {
        var ofRoots = view.Roots().GroupBy(r => (From: r.Name, r.Target));
        var ofObjects = view.LiveObjects().SelectMany(o => o.References.Select(r => (From: o.ToString(), Reference: r))).GroupBy(r => (r.From, r.Reference.Target), r => r.Reference);
        return ofRoots.Concat(ofObjects).Where(g => view.ObjectAt(g.Key.Target) is { IsRuntime: false }).Select(g => string.Join(", ", g.Select(r => r.Name))).Order(StringComparer.Ordinal);
    }

    private static string Plain(string text) => string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
