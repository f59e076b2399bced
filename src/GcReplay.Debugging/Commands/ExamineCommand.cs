using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Commands;

public sealed class ExamineCommand : Command
{
    private const int Most = 4096;
    private const int PastsMost = 32;
    private const string Formats = "axudbco";

    public override string Name => "x";

    public override string Usage => "x[/[COUNT]FORMAT] PLACE [COUNT] (FORMAT: a words and what they name, x hex, u unsigned, d signed, b bytes, c characters, o objects)";

    public override string Summary => "words of memory, and what lies there; of a word that names freed memory, what used to be there";

    public override string Example => "x main.generation0 2";

    public override CommandResult Run(Debugger debugger, Arguments arguments)
    {
        arguments.Require(1, 3);
        var (given, format) = Format(arguments);
        var at = arguments[0].StartsWith('/') ? 1 : 0;
        if (arguments.Count <= at)
            throw arguments.Wrong("a place is missing");
        var place = Places.Resolve(debugger, arguments[at]);
        var count = Math.Min(given > 0 ? given : arguments.CountAt(at + 1, (long)Math.Clamp(place.Bytes / 8, 1, 64)), Most);
        var lines = new List<string>();
        var words = new JsonArray();
        var pasts = 0;
        for (var i = 0L; i < count; i++)
        {
            var address = place.Address + i * 8;
            var word = debugger.Timeline.Space.Peek(address);
            var isMapped = debugger.Timeline.Space.IsMapped(address);
            var text = isMapped ? Word(debugger, format, word) : "unmapped".PadRight(18);
            lines.Add($"{address}  {text}{(format is 'a' or 'o' ? $"  {debugger.Timeline.View.Describe(address)}{Meaning(debugger, format, word, isMapped, ref pasts)}" : "")}");
            words.Add(isMapped ? $"0x{word:x}" : null);
        }

        if (debugger.Pasts.Of(debugger.Timeline, place.Address, debugger.Progress) is { } past)
            lines.Add($"  {place.Address} {past}. To see it: goto {past.Went - 1}");
        return new CommandResult(lines, new JsonObject { ["address"] = place.Address.ToString(), ["format"] = format.ToString(), ["words"] = words });
    }

    private static (long Count, char Format) Format(Arguments arguments)
    {
        if (!arguments[0].StartsWith('/'))
            return (0, 'a');
        var text = arguments[0][1..];
        var format = text.Length > 0 && !char.IsAsciiDigit(text[^1]) ? text[^1] : 'a';
        var digits = text.TrimEnd(format);
        if (!Formats.Contains(format, StringComparison.Ordinal))
            throw arguments.Wrong($"'{format}' is none of the formats {string.Join(", ", Formats.ToCharArray())}");
        if (digits.Length == 0)
            return (0, format);
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? (count, format)
            : throw arguments.Wrong($"'{digits}' is no count");
    }

    private static string Word(Debugger debugger, char format, ulong word) => format switch
    {
        'u' => word.ToString(CultureInfo.InvariantCulture),
        'd' => unchecked((long)word).ToString(CultureInfo.InvariantCulture),
        'b' => string.Join(' ', Bytes(word).Select(b => b.ToString("x2", CultureInfo.InvariantCulture))),
        'c' => Characters(word),
        'o' => EventText.ObjectAt(debugger.Timeline.View, new Address(word)),
        _ => $"0x{word:x16}",
    };

    private static IEnumerable<byte> Bytes(ulong word) => Enumerable.Range(0, 8).Select(i => (byte)(word >> i * 8 & 0xFF));

    private static string Characters(ulong word)
    {
        var text = new StringBuilder("|");
        foreach (var b in Bytes(word))
            text.Append(b is >= 0x20 and < 0x7F ? (char)b : '.');
        return text.Append('|').ToString();
    }

    private static string Meaning(Debugger debugger, char format, ulong word, bool isMapped, ref int pasts)
    {
        var target = new Address(word);
        if (!isMapped || word < 4096 || !Windows.IsProcess(target) || debugger.Timeline.Shadow.CellAt(target) is not { } cell)
            return "";
        var named = format == 'o' ? "" : $" -> {EventText.ObjectAt(debugger.Timeline.View, target)}";
        if (cell.State != CellState.Freed || ++pasts > PastsMost)
            return named;
        return debugger.Pasts.Of(debugger.Timeline, target, debugger.Progress) is { } past ? $"{named}, {past}" : named;
    }
}
