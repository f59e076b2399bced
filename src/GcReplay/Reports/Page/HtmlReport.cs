using System.Security.Cryptography;
using System.Text;
using GcReplay.Debugging.Explaining;
using GcReplay.Debugging.Timelines;
using GcReplay.Reports.Scenes;

namespace GcReplay.Reports.Page;

/// <summary>A finished page.</summary>
/// <param name="Pieces">Events that its player shows.</param>
internal sealed record HtmlPage(string Text, IReadOnlyList<EventPiece> Pieces)
{
    public long EventsShown => Pieces.Sum(p => p.Count);
}

/// <summary>Makes the page: the story, the pictures and the player of one report.</summary>
internal sealed class HtmlReport(ReportContent content)
{
    /// <summary>A page is smaller than this, in bytes, whatever the trace holds.</summary>
    public const int BytesMax = 2_000_000;

    /// <summary>Cells of a timeline.</summary>
    private const int CellsMax = 400;

    private readonly Timeline timeline = content.Debugger.Timeline;

    /// <summary>A page with so many events in its player as fit.</summary>
    /// <param name="eventsMax">At most so many.</param>
    public HtmlPage Make(int eventsMax)
    {
        var page = Try(eventsMax);
        for (var bytes = Encoding.UTF8.GetByteCount(page.Text); bytes > BytesMax && eventsMax > 1; bytes = Encoding.UTF8.GetByteCount(page.Text))
        {
            // States are much alike: of a page that is twice too large somewhat less than half of them fit.
            eventsMax = (int)Math.Clamp(page.EventsShown * 0.9 * BytesMax / bytes, 1, eventsMax - 1);
            page = Try(eventsMax);
        }

        return page;
    }

    private HtmlPage Try(int eventsMax)
    {
        var pieces = EventWindow.Around(content.LinksByImportance, timeline.Start + 1, timeline.EventCount, eventsMax);
        var pictured = Pictured().ToList();
        var positions = pieces.SelectMany(p => Positions(p.First - 1, p.Last)).Concat(pictured).Where(p => p >= timeline.Start).Distinct().Order().ToList();
        // Of a trace without a readable event there is the state in front of it.
        if (positions.Count == 0)
            positions.Add(timeline.Start);
        var cast = new Cast(timeline, content.Explanation, positions, content.Progress);
        var reader = new SceneReader(timeline, cast);
        var scenes = positions.ToDictionary(p => p, p => reader.At(p, content.Progress));
        var important = scenes[content.LinksByImportance.FirstOrDefault(scenes.ContainsKey, positions[^1])];
        var panels = new ScenePanels([important, .. positions.Select(p => scenes[p])], timeline.EventCount);
        var player = Play(pieces, scenes, panels);
        return new HtmlPage(new PageWriter(content, panels, player, pieces).Write(Pictures(pictured, scenes), Timelines(pieces)), pieces);
    }

    private static IEnumerable<long> Positions(long first, long last)
    {
        for (var position = first; position <= last; position++)
            yield return position;
    }

    /// <summary>Positions before and after the first corrupt event, and the cause where that is another one.</summary>
    private IEnumerable<long> Pictured() =>
        new[] { content.Explanation.Cause?.Event, content.Explanation.Corruption?.Event, content.Explanation.Corruption is null ? content.Explanation.Failure?.Event : null }
            .OfType<long>().Where(e => e > timeline.Start && e <= timeline.EventCount).Distinct().Order().SelectMany(e => new[] { e - 1, e });

    private Player Play(IReadOnlyList<EventPiece> pieces, Dictionary<long, Scene> scenes, ScenePanels panels)
    {
        var player = new Player(panels);
        var before = timeline.Start;
        foreach (var piece in pieces)
        {
            if (scenes.TryGetValue(piece.First - 1, out var outside))
                player.Begin(outside);
            foreach (var position in Positions(piece.First, piece.Last))
            {
                content.Progress.Cancel.ThrowIfCancellationRequested();
                player.Add(scenes[position], Note(position, position == piece.First ? piece.First - 1 - before : 0, position == timeline.EventCount ? 0 : position == piece.Last ? 1 : 0));
            }

            before = piece.Last;
        }

        return player;
    }

    /// <summary>What stands beside the moment: links of the chain, marks and notes at the event, and that events are left out around it.</summary>
    private string Note(long position, long leftOutBefore, int endsPiece)
    {
        var note = new StringBuilder();
        if (leftOutBefore > 0)
            note.Append($"<p class=\"gap\">{leftOutBefore} {(leftOutBefore == 1 ? "event before this one is" : "events before this one are")} not in this page.</p>");
        for (var i = 0; i < content.Links.Count; i++)
        {
            if (content.Links[i].Link is var link && link.Event == position)
                note.Append($"<p class=\"here\"><span class=\"role\">{PageWriter.Role(link.Role)}</span>{Html.Text(link.Message, 1000)}</p>");
        }

        foreach (var remark in content.Notes.Where(n => n.Position == position).Take(5))
            note.Append($"<p class=\"here\"><span class=\"role\">Note</span>{Html.Text(remark.Text, 500)}</p>");
        if (endsPiece > 0)
            note.Append("<p class=\"gap\">Events behind this one are not in this page.</p>");
        return note.Length == 0 ? "" : $"<div>{note}</div>";
    }

    private List<(string Title, Scene Scene)> Pictures(List<long> positions, Dictionary<long, Scene> scenes)
    {
        var corrupt = content.Explanation.Corruption?.Event;
        var cause = content.Explanation.Cause is { Role: ChainRole.Decision } decision ? decision.Event : 0;
        return [.. positions.Select((p, i) => (Title(p, i % 2 == 0 ? p + 1 : p, i % 2 == 0), scenes[p]))];

        string Title(long position, long of, bool isBefore)
        {
            var what = of == corrupt && of == cause ? "the cause, which is the first corrupt event" : of == corrupt ? "the first corrupt event" : of == cause ? "the cause" : "the failure";
            return $"{(isBefore ? "Before" : "After")} {what} (event {of})";
        }
    }

    /// <summary>The whole trace, and when the chain takes little of it, the part around the chain.</summary>
    private string Timelines(IReadOnlyList<EventPiece> pieces)
    {
        if (timeline.EventCount <= timeline.Start)
            return "";
        var links = content.Links.Select(l => l.Link.Event).ToList();
        var phases = new List<string>();
        var whole = Overview(timeline.Start + 1, timeline.EventCount, links, phases, timeline.Start > 0 ? "The window" : "The whole trace");
        var (first, last) = (pieces[0].First, pieces[^1].Last);
        return (last - first + 1) * 3 < timeline.EventCount - timeline.Start ? whole + Overview(first, last, links, phases, links.Count > 0 ? "Around the chain" : "What can be stepped through") : whole;
    }

    private string Overview(long first, long last, IReadOnlyList<long> links, List<string> phases, string label)
    {
        timeline.MoveTo(first - 1, content.Progress);
        var overview = new TraceOverview(timeline, first, last, CellsMax);
        while (!overview.IsComplete)
        {
            content.Progress.At(first + overview.Read);
            overview.Work(1 << 20, content.Progress);
        }

        timeline.MoveTo(last, content.Progress);
        return TimelinePicture.Of(overview, timeline.View, links, phases, label);
    }

    /// <summary>The hash by which a page allows its own style sheet and script.</summary>
    public static string HashOf(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
}
