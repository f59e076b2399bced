using System.Globalization;
using System.Text;

namespace GcReplay.Simulation.Programs;

/// <summary>Text in double quotes: <c>\" \\ \n \r \t \uXXXX</c> stand for what cannot be written plainly.</summary>
internal static class QuotedText
{
    public static string Write(string value)
    {
        var written = new StringBuilder(value.Length + 2).Append('"');
        for (var i = 0; i < value.Length; i++)
        {
            if (i + 1 < value.Length && char.IsSurrogatePair(value[i], value[i + 1]))
                written.Append(value[i]).Append(value[++i]);
            else
                Append(written, value[i]);
        }
        return written.Append('"').ToString();
    }

    private static void Append(StringBuilder written, char character)
    {
        var unused = character switch
        {
            '"' => written.Append("\\\""),
            '\\' => written.Append(@"\\"),
            '\n' => written.Append(@"\n"),
            '\r' => written.Append(@"\r"),
            '\t' => written.Append(@"\t"),
            _ when char.IsControl(character) || char.IsSurrogate(character) || character is '\u2028' or '\u2029' or '\uFEFF' =>
                written.Append(@"\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture)),
            _ => written.Append(character),
        };
    }

    public static string Read(ProgramText source, Token token)
    {
        var inside = source.Span(token)[1..^1];
        if (!inside.Contains('\\'))
            return inside.ToString();
        var value = new StringBuilder(inside.Length);
        for (var i = 0; i < inside.Length; i++)
        {
            if (inside[i] != '\\')
            {
                value.Append(inside[i]);
                continue;
            }
            i++;
            if (inside[i] == 'u' && i + 4 < inside.Length
                && ushort.TryParse(inside.Slice(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                value.Append((char)code);
                i += 4;
                continue;
            }
            value.Append(inside[i] switch
            {
                '"' => '"',
                '\\' => '\\',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                var other => throw source.Error(
                    token.Start + i, $@"expected one of \"" \\ \n \r \t \uXXXX, found '\{other}'"),
            });
        }
        return value.ToString();
    }
}
