using System.Text;
using GcReplay.Debugging.Explaining;
using GcReplay.Heaps;
using GcReplay.Reports.Scenes;

namespace GcReplay.Reports.Page;

/// <summary>The markup of a page, from its head to its end.</summary>
internal sealed class PageWriter(ReportContent content, ScenePanels panels, Player player, IReadOnlyList<EventPiece> pieces)
{
    private const int ProgramCharactersMax = 40_000;
    private const int LineMax = 400;
    private const int StackLinesMax = 150;
    private const int NotesMax = 60;

    private static readonly string Style = Resource("report.css");
    private static readonly string Script = Resource("report.js");

    private readonly StringBuilder page = new();

    /// <summary>A role as a word of a sentence's beginning.</summary>
    public static string Role(ChainRole role) => role switch
    {
        ChainRole.Corruption => "First corrupt event",
        ChainRole.Decision => "Cause",
        _ => role.ToString(),
    };

    public string Write(IReadOnlyList<(string Title, Scene Scene)> pictures, string timelines)
    {
        Head();
        Chain();
        Stage();
        if (pictures.Count > 0)
            Pictures(pictures);
        if (timelines.Length > 0)
            Section("timeline", "When", timelines);
        Program();
        Stacks();
        Notes();
        Facts();
        page.Append($"<footer>Made by gcreplay {Html.Text(App.ToolVersion)} from the trace alone; this page loads nothing and sends nothing.</footer>\n");
        page.Append(player.Templates());
        page.Append($"<script type=\"application/json\" id=\"states\">{player.Data()}</script>\n<script>{Script}</script>\n</body>\n</html>\n");
        return page.ToString();
    }

    private void Head()
    {
        var policy = $"default-src 'none'; script-src {HtmlReport.HashOf(Script)}; style-src {HtmlReport.HashOf(Style)}; base-uri 'none'; form-action 'none'";
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append($"<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n")
            .Append($"<title>{Html.Text(content.Title, 120)}</title>\n<style>{Style}</style>\n</head>\n<body>\n")
            .Append($"<header><p class=\"kicker\">GcReplay report · {Html.Text(content.Header.Collector, 80)}@{Html.Text(content.Header.Revision, 80)} · allocator {Html.Text(content.Header.Allocator, 80)} · {content.Trace.EventCount - content.Debugger.Timeline.Start} events</p>\n")
            .Append($"<h1>{Html.Text(content.Title, 120)}</h1>\n<p class=\"summary\">{Html.Text(content.Explanation.Summary)}</p></header>\n");
        if (content.Trace.Damage is { } damage)
            page.Append($"<p class=\"wrong\">The trace is not whole: {Html.Text(damage)}</p>\n");
    }

    private void Chain()
    {
        if (content.Links.Count > 0)
        {
            var list = new StringBuilder("<ol class=\"chain\">\n");
            for (var i = 0; i < content.Links.Count; i++)
            {
                if (content.LinksLeftOut > 0 && i == content.Links.Count / 2)
                    list.Append($"<li class=\"left-out\">{content.LinksLeftOut} further links are left out here.</li>\n");
                list.Append(Link(content.Links[i]));
            }

            Section("chain", "From the failure back to its cause", list.Append("</ol>").ToString());
        }

        var commands = new List<string>();
        if (content.Repeat is { } repeat)
            commands.Add(repeat);
        if (content.File.Name.Length > 0)
        {
            commands.Add($"gcreplay explain {ShellWord.Of(content.File.Name)}");
            commands.Add(content.Explanation.Cause is { } cause
                ? $"gcreplay replay {ShellWord.Of(content.File.Name)} -x \"goto {cause.Event}\""
                : $"gcreplay replay {ShellWord.Of(content.File.Name)}");
        }

        if (commands.Count == 0)
            return;
        var how = content.Header.IsRedacted ? "The program was taken out; the redacted trace opens as any other."
            : content.Repeat is null ? "What recorded it is no part of this gcreplay: the trace is all there is, and opens as any other."
            : content.Header.IsChaos ? $"Every decision was drawn from seed {content.Header.Seed}: the same seed does the same again."
            : "No decision was drawn: every run does the same.";
        Section("repeat", "To repeat it", $"<p>{how}</p><pre>{Html.Text(string.Join('\n', commands), 4000)}</pre>");
    }

    private string Link(ReportedLink reported)
    {
        var link = reported.Link;
        var isKey = link.Role is ChainRole.Corruption or ChainRole.Decision;
        // A message that begins with the event itself says it already.
        var where = reported.What.Length == 0 || link.Message.StartsWith(reported.What, StringComparison.Ordinal) ? "" : $"<br><code>{Html.Text(reported.What, 400)}</code>{(reported.Where.Length > 0 ? $" <span class=\"where\">{Html.Text(reported.Where, 200)}</span>" : "")}";
        return $"<li{(isKey ? " class=\"key\"" : "")}><span class=\"role\">{Role(link.Role)}</span>{Jump(link.Event)}<br>{Html.Text(link.Message, 1500)}{where}</li>\n";
    }

    /// <summary>The number of an event, which leads the player there when it shows it.</summary>
    private string Jump(long number)
    {
        var state = player.Events.ToList().IndexOf(number);
        return state < 0 ? $"event {number}" : $"<a href=\"#player\" data-state=\"{state}\">event {number}</a>";
    }

    private void Stage()
    {
        if (player.Events.Count == 0)
            return;
        var start = content.LinksByImportance.Select(l => player.Events.ToList().IndexOf(l)).Where(i => i >= 0).DefaultIfEmpty(player.Events.Count - 1).First();
        // Without a chain there is nowhere to jump to.
        var (jumps, jumpKeys) = content.Links.Count > 0 ? ("", ", <kbd>Page Up</kbd> <kbd>Page Down</kbd> to a link of the chain") : (" hidden", "");
        Section("player", "Step through it", $"""
            <p>{Window()}</p>
            <noscript><p>Stepping needs JavaScript. Everything else on this page does not.</p></noscript>
            <div id="stage" hidden tabindex="-1" role="group" aria-label="Player of recorded events" data-start="{start}">
            <div class="controls">
            <button id="first" type="button">First</button><button id="previous-link" type="button"{jumps}>« Link</button><button id="back" type="button">‹ Back</button><button id="forward" type="button">Forward ›</button><button id="next-link" type="button"{jumps}>Link »</button><button id="last" type="button">Last</button>
            <input id="slider" type="range" min="0" max="{player.Events.Count - 1}" value="{start}" aria-label="Event">
            <a id="here" href="#player">Link to this event</a>
            </div>
            <p class="dim"><span class="keys">Keys: <kbd>←</kbd> <kbd>→</kbd> one event{jumpKeys}, <kbd>Home</kbd> <kbd>End</kbd>. </span>What the event names has a blue edge, what it changed a yellow ground and a dot.</p>
            <p id="absent" class="wrong" role="status"></p>
            <div data-panel="moment" aria-live="polite"></div>
            <ul class="states" data-panel="states"></ul>
            {Panels(panels, true, "", "", "")}
            </div>
            """);
    }

    /// <summary>Which events the player has, and which it has not.</summary>
    private string Window()
    {
        var all = content.Trace.EventCount - content.Debugger.Timeline.Start;
        var shown = pieces.Sum(p => p.Count);
        var which = string.Join(", ", pieces.Take(12).Select(p => p.First == p.Last ? $"{p.First}" : $"{p.First}–{p.Last}")) + (pieces.Count > 12 ? ", …" : "");
        const string States = "with the states that the debugger shows there.";
        return shown == all ? $"All {all} events, {States}"
            : pieces.Count == 1 ? $"Events {which} of {content.Trace.EventCount}, {States} The other events are in the trace."
            : $"{shown} of {all} events, in {pieces.Count} pieces around the links of the chain ({which}), {States} The other events are in the trace.";
    }

    private void Pictures(IReadOnlyList<(string Title, Scene Scene)> pictures)
    {
        var all = new StringBuilder();
        var drawer = new ScenePanels([.. pictures.Select(p => p.Scene)], content.Trace.EventCount);
        for (var i = 0; i < pictures.Count; i++)
        {
            var (title, scene) = pictures[i];
            var drawn = drawer.Of(scene);
            all.Append($"<h3>{Html.Text(title)}</h3>\n{drawn[0][0].Markup}");
            if (i > 0 && pictures[i - 1].Scene.Position == scene.Position)
            {
                all.Append("<p>The same as just above.</p>");
                continue;
            }

            if (i > 0 && pictures[i - 1].Scene.Position == scene.Position - 1 && Changes(drawer.Of(pictures[i - 1].Scene), drawn) is var changes)
            {
                var broken = content.Explanation.Corruption?.Event == scene.Position ? ": what must hold from this event on does not hold" : "";
                all.Append($"<p>{(changes.Length == 0 ? $"Nothing that is shown here changed{broken}." : $"Changed: {Html.Text(changes, 400)}.")}</p>");
                if (changes.Length == 0)
                    continue;
            }

            all.Append(Panels(drawer, false, Markup(drawn[2]), Markup(drawn[3]), Markup(drawn[4])));
        }

        Section("pictures", "Lists and objects, before and after", all.ToString());

        static string Markup(IReadOnlyList<Piece> pieces) => string.Concat(pieces.Select(p => p.Markup));
    }

    /// <summary>Names of the lists and numbers of the objects that are shown otherwise than before.</summary>
    private static string Changes(IReadOnlyList<IReadOnlyList<Piece>> before, IReadOnlyList<IReadOnlyList<Piece>> after) => string.Join(
        ", ", new[] { (Panel: 2, Kind: "list"), (Panel: 4, Kind: "object") }
            .SelectMany(p => after[p.Panel].Except(before[p.Panel]).Concat(before[p.Panel].Except(after[p.Panel])).Where(piece => piece.Key.Length > 0).Select(piece => $"{p.Kind} {piece.Key}"))
            .Distinct());

    /// <summary>Lists, graph and table of objects; empty ones are for the player, which fills them.</summary>
    private static string Panels(ScenePanels panels, bool isStage, string lists, string graph, string objects)
    {
        string Panel(string which) => isStage ? $" data-panel=\"{which}\"" : "";
        return $"""
            <div class="pictures">
            <div><h4>Lists</h4><div class="scroll"{Panel("lists")} tabindex="0" role="region" aria-label="Lists">{lists}</div></div>
            <div><h4>Objects and references</h4><div class="scroll"{Panel("graph")} tabindex="0" role="region" aria-label="Graph of objects">{graph}</div></div>
            </div>
            <div class="scroll" tabindex="0" role="region" aria-label="Table of objects"><table class="objects" aria-label="Objects">{panels.ObjectsHead()}<tbody{Panel("objects")}>{objects}</tbody></table></div>
            """;
    }

    private void Program()
    {
        if (content.Header.IsRedacted || content.Header.ProgramText.Length == 0)
            return;
        var marks = content.Links.Select((l, i) => (l.Line, Index: i + 1)).Where(l => l.Line > 0).ToLookup(l => l.Line, l => l.Index);
        var excerpt = new ProgramExcerpt(content.Header.ProgramText, [.. marks.Select(m => m.Key)], ProgramCharactersMax, LineMax);
        var program = new StringBuilder("<div class=\"scroll program\" tabindex=\"0\" role=\"region\" aria-label=\"Text of the program\"><ol>");
        foreach (var (number, text) in excerpt.Lines)
        {
            var refs = string.Join(' ', marks[number].Take(4));
            program.Append($"<li id=\"line-{number}\"{(refs.Length > 0 ? " class=\"on\"" : "")}><span class=\"no\">{number}</span><span class=\"refs\">{refs}</span><span class=\"text\">{Html.Text(text)}</span></li>");
        }

        program.Append("</ol></div>");
        var cut = excerpt.IsWhole ? "" : $"<p class=\"dim\">Lines {excerpt.First} to {excerpt.Last} of the program; the rest is in the trace.</p>";
        var legend = marks.Count > 0 ? "<p class=\"dim\">Numbers beside a line are links of the chain above.</p>" : "";
        Section("program", "The program", legend + program + cut);
    }

    private void Stacks()
    {
        var when = content.Explanation.Failure is not null ? "at the failure" : content.Explanation.Corruption is not null ? "after the first corrupt event" : "at the end";
        Section("stacks", $"Threads and interpreters {when} (event {content.StacksAt})", $"<h3>Threads</h3>{Lines(content.Threads)}<h3>Interpreters</h3>{Lines(content.Interpreters)}");

        static string Lines(IReadOnlyList<string> lines)
        {
            var shown = string.Join('\n', lines.Take(StackLinesMax).Select(l => Html.Text(l, 300)));
            var more = lines.Count > StackLinesMax ? $"<p class=\"dim\">{lines.Count - StackLinesMax} more lines are left out.</p>" : "";
            return $"<pre>{shown}</pre>{more}";
        }
    }

    private void Notes()
    {
        if (content.Marks.Count + content.Notes.Count == 0)
            return;
        var notes = new StringBuilder("<ul>");
        foreach (var note in content.Notes.Take(NotesMax))
            notes.Append($"<li>{Jump(note.Position)}: {Html.Text(note.Text, 500)}</li>");
        foreach (var mark in content.Marks.Take(NotesMax))
            notes.Append($"<li>{Jump(mark.Position)}: mark <code>{Html.Text(mark.Name, 100)}</code></li>");
        var leftOut = Math.Max(0, content.Notes.Count - NotesMax) + Math.Max(0, content.Marks.Count - NotesMax);
        Section("notes", "Notes and marks", notes.Append("</ul>").ToString() + (leftOut > 0 ? $"<p class=\"dim\">{leftOut} more are left out.</p>" : ""));
    }

    private void Facts() => Section("facts", "The trace", "<table class=\"facts\" aria-label=\"The trace\"><tbody>"
        + string.Concat(content.Facts().Select(f => $"<tr><th scope=\"row\">{f.Name}</th><td>{Html.Text(f.Value, 600)}</td></tr>")) + "</tbody></table>");

    private void Section(string id, string title, string markup) =>
        page.Append($"<section id=\"{id}\" aria-labelledby=\"{id}-title\"><h2 id=\"{id}-title\">{Html.Text(title)}</h2>\n{markup}\n</section>\n");

    private static string Resource(string name)
    {
        using var stream = typeof(PageWriter).Assembly.GetManifestResourceStream($"GcReplay.Reports.Page.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
