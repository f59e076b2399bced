using System.Globalization;
using GcReplay.Debugging.Stops;
using GcReplay.Heaps;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Traces;

namespace GcReplay.Debugging.Commands;

/// <summary>Reads what <c>break</c> and <c>until</c> stop at: <c>Store</c>, <c>#12</c>, <c>phase mark end</c>, <c>worker:7</c>.</summary>
internal static class StopPlaces
{
    public const string Usage = "KIND | #N | [phase] NAME [begin|end|both] | [BLOCK:]LINE | label NAME | site NAME | sanitizer NAME";

    private static readonly string[] Words = ["event", "phase", "line", "label", "site", "sanitizer"];

    /// <summary>Reads the words in front of <c>if</c>.</summary>
    public static StopCondition Read(Debugger debugger, Arguments arguments, IReadOnlyList<string> words)
    {
        var header = debugger.Timeline.Source.Header;
        if (words.Count > 1 && Words.Contains(words[0]))
        {
            var name = words[1];
            StopCondition condition = words[0] switch
            {
                "event" => Kind(name) ?? throw NoKind(arguments, name),
                "phase" => Phase(debugger, arguments, words.Skip(1).ToList()) ?? throw arguments.Wrong(None("phase", name, header.Layout.Phases.Skip(1))),
                "line" => Line(header, arguments, name),
                "label" => Label(header, name) ?? throw arguments.Wrong(None("label", name, header.Operations.Select(o => o.Label).Distinct())),
                "site" => Site(header, name) ?? throw arguments.Wrong(None("site", name, SiteNames(header))),
                _ => Sanitizer(debugger, name) ?? throw arguments.Wrong(None("sanitizer", name, Sanitizers.All.Select(s => s.Name))),
            };
            if (words.Count > 2 && words[0] != "phase")
                throw arguments.Wrong($"'{words[2]}' is too much");
            return condition;
        }

        var text = words[0];
        if (words.Count == 1 && text.StartsWith('#'))
            return Object(debugger, arguments, text);
        if (Phase(debugger, arguments, words) is { } phase)
            return phase;
        if (words.Count > 1)
            throw arguments.Wrong($"'{words[0]}' is none of {string.Join(", ", Words)}");
        return text.All(c => char.IsAsciiDigit(c)) || text.Contains(':', StringComparison.Ordinal)
            ? Line(header, arguments, text)
            : (StopCondition?)Kind(text) ?? (StopCondition?)Label(header, text) ?? (StopCondition?)Site(header, text) ?? Sanitizer(debugger, text) ?? throw NoKind(arguments, text);
    }

    /// <summary>Events about an object, at whatever place it is.</summary>
    public static OnObject Object(Debugger debugger, Arguments arguments, string text)
    {
        var name = Places.ObjectName(text) ?? throw arguments.Wrong(
            text.Contains('.', StringComparison.Ordinal) ? $"'{text}' is a field; try: watch {text}" : $"'{text}' is no object");
        var places = debugger.Placements.Of(name, debugger.Progress);
        return places.Count > 0 ? new OnObject($"object {name}", name, places) : throw debugger.Lives.Unknown(name);
    }

    private static AtKind? Kind(string text)
    {
        foreach (var shape in EventShapes.All)
        {
            if (shape.Kind.ToString().Equals(text, StringComparison.OrdinalIgnoreCase))
                return new AtKind(shape.Kind);
        }

        return null;
    }

    private static AtPhase? Phase(Debugger debugger, Arguments arguments, IReadOnlyList<string> words)
    {
        var phase = debugger.Timeline.Source.Header.Layout.Phases.IndexOf(words[0]);
        if (phase < 0)
            return null;
        var edge = words.Count > 1 ? words[1] : "begin";
        return edge is "begin" or "end" or "both" && words.Count <= 2
            ? new AtPhase(phase, words[0], edge != "end", edge != "begin", debugger.Timeline.Blocks)
            : throw arguments.Wrong($"'{words[^1]}' is none of begin, end and both");
    }

    private static AtOperation Line(TraceHeader header, Arguments arguments, string text)
    {
        var colon = text.LastIndexOf(':');
        if (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var line))
            throw arguments.Wrong($"'{text}' is no line");
        var block = colon > 0 ? text[..colon] : null;
        var thread = block is null || header.Operations.Any(o => o.Block == block) ? -1 : header.Threads.IndexOf(block);
        var ofBlock = block is null || thread >= 0 ? header.Operations : [.. header.Operations.Where(o => o.Block == block)];
        if (ofBlock.IsEmpty)
            throw arguments.Wrong(None("thread or script", block!, header.Operations.Select(o => o.Block).Distinct()));
        var operations = Enumerable.Range(0, header.Operations.Length).Where(i => header.Operations[i].Line == line && ofBlock.Contains(header.Operations[i])).ToList();
        if (operations.Count > 0)
            return new AtOperation(block is null ? $"line {line}" : $"line {line} of {block}", operations, thread);
        var nearest = ofBlock.Select(o => o.Line).Where(l => l > line).DefaultIfEmpty(ofBlock.Select(o => o.Line).Max()).Min();
        throw arguments.Wrong($"no operation stands on line {line} of {block ?? header.ProgramName}; the nearest is on line {nearest}");
    }

    private static AtOperation? Label(TraceHeader header, string text)
    {
        var operations = Enumerable.Range(0, header.Operations.Length).Where(i => header.Operations[i].Label == text).ToList();
        return operations.Count == 0 ? null : new AtOperation($"label {text}, line {header.Operations[operations[0]].Line}", operations);
    }

    private static AtSite? Site(TraceHeader header, string text)
    {
        var sites = Enumerable.Range(1, Math.Max(0, header.Layout.Sites.Length - 1)).Where(i => header.Layout.Sites[i].Name == text).ToList();
        return sites.Count == 0 ? null : new AtSite(text, sites);
    }

    private static IEnumerable<string> SiteNames(TraceHeader header) => header.Layout.Sites.Skip(1).Select(s => s.Name).Distinct();

    /// <summary>The first event at which a sanitizer fails: findings are no events, so it is looked for now.</summary>
    private static AtEvent? Sanitizer(Debugger debugger, string text)
    {
        if (Sanitizers.All.FirstOrDefault(s => s.Name == text) is not { } sanitizer)
            return null;
        var end = debugger.Timeline.EventCount;
        return debugger.Corruption.Check(end, debugger.Progress).FirstOrDefault(v => v.Code == sanitizer.Name) is { } violation
            ? new AtEvent(violation.Event, $"{violation.Code}: {violation.Message}")
            : throw new GcReplayException($"{text} holds after all {end} events: there is nothing to stop at. Try: check");
    }

    private static GcReplayException NoKind(Arguments arguments, string text) =>
        arguments.Wrong(Spelling.Nearest(text, EventShapes.All.Select(s => s.Kind.ToString())) is { } nearest
            ? $"there is no kind of event '{text}'; did you mean {nearest}"
            : $"'{text}' is no kind of event, object, phase, line, label, site or sanitizer; kinds of event are {string.Join(", ", EventShapes.All.Select(s => s.Kind))}");

    private static string None(string noun, string text, IEnumerable<string> names)
    {
        var all = names.ToList();
        return $"there is no {noun} '{text}'" + (Spelling.Nearest(text, all) is { } nearest ? $"; did you mean {nearest}"
            : all.Count > 0 ? $"; there are {string.Join(", ", all.Take(20))}" : "; this trace has none");
    }
}
