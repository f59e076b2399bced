using System.Text.RegularExpressions;
using CsCheck;
using GcReplay.Heaps;
using GcReplay.Simulation.Programs;

namespace GcReplay.Tests.Simulation.Programs;

/// <summary>Whatever the text is: either a program, which prints and parses to itself, or one error that names a place in the text.</summary>
public partial class HeapProgramGarbageTests
{
    /// <summary>Every word of the language, and what is between words or in no rule.</summary>
    private static readonly string[] Fragments =
    [
        .. OperationTable.All.Select(row => row.Name), .. ObjectKinds.All, "type", "globals", "prebuilt", "none", "prebuilt p = node none p\n", "thread", "script", "loop", "choose", "or", "self", "push",
        "full", "minor", "main", "worker", "finalizer", "x", "g0", "f0", "g", "f", "g1000000", "g99999999999999999999", "0", "1", "00", "-1",
        "1000000000", "9223372036854775808", "\"", "\"x\"", "\"\"", "\\", "\\u", "\"\\u00", "\"\\", "{", "}", "{ }", "{\n}\n", "=", ":", "\n", "\r\n",
        "\r", "\t", " ", " ", " ", "#", "/", ".", "main/1", "main/1.1", "\0", "é", "…", "\uFEFF", "\u2028", "😀", "\uD83D", "\uDE00",
    ];

    private static readonly Gen<string> Fragment = Gen.OneOf(OneOf(Fragments), OneOf(Fragments).Select(fragment => fragment + " "), Gen.String);

    private static readonly Gen<string> Soup = Fragment.Array[0, 60].Select(string.Concat);

    /// <summary>An operation, perhaps with a destination or a label, and about as many words as it takes, most of them operands.</summary>
    private static readonly Gen<string> Statement = Gen.Select(
        OneOf("", "", "g0 = ", "push = ", "x: ", "self = ", "g0 = g1 = "),
        Gen.Int[0, OperationTable.All.Length - 1],
        Gen.OneOf(OneOf("g0", "f1", "self", "0", "2", "\"x\"", "finalizer", "main", "fin", "plain", "full"), Fragment).Array[0, 4],
        (before, row, operands) => $"{before}{OperationTable.All[row].Name} {string.Join(' ', operands)}");

    /// <summary>A program's text in which a few stretches are cut out, replaced, or doubled elsewhere.</summary>
    private static readonly Gen<string> Damaged =
        Gen.Select(ProgramGenerator.Programs.Select(HeapProgramPrinter.Print), Edit.Any.Array[1, 4], (text, edits) => edits.Aggregate(text, (now, edit) => edit.Of(now)));

    [Fact]
    public void Any_text_is_a_program_or_an_error_with_its_place() => Gen.String.Sample(IsProgramOrError, iter: 1000);

    [Fact]
    public void Any_words_of_the_language_are_a_program_or_an_error_with_its_place() =>
        Soup.Select(soup => "thread main {\n" + soup).Sample(IsProgramOrError, iter: 3000);

    [Fact]
    public void Any_statement_of_odd_operands_is_a_program_or_an_error_with_its_place() => Statement
        .Select(statement => $"script finalizer {{ {statement}\n}}\nthread main {{ }}\n").Sample(IsProgramOrError, iter: 3000);

    [Fact]
    public void Any_declarations_of_odd_words_are_a_program_or_an_error_with_its_place() =>
        Gen.Select(Soup, Soup, (before, after) => before + "\nthread main { }\n" + after).Sample(IsProgramOrError, iter: 1000);

    [Fact]
    public void Any_damaged_program_is_a_program_or_an_error_with_its_place() => Damaged.Sample(IsProgramOrError, iter: 1000);

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(pick => texts[pick]);

    private static bool IsProgramOrError(string text)
    {
        try
        {
            var program = HeapProgramParser.Parse("p.heap", text);
            return program.Equals(HeapProgramParser.Parse("p.heap", HeapProgramPrinter.Print(program)));
        }
        catch (GcReplayException error)
        {
            return NamesPlace(error.Message, text);
        }
    }

    private static bool NamesPlace(string message, string text)
    {
        var place = Place().Match(message);
        var lines = text.Split('\n');
        return place.Success
            && int.Parse(place.Groups["line"].Value) is var line && line >= 1 && line <= lines.Length
            && int.Parse(place.Groups["column"].Value) is var column && column >= 1 && column <= lines[line - 1].Length + 1;
    }

    [GeneratedRegex(@"\Ap\.heap:(?<line>\d+):(?<column>\d+): expected .*\n    .*\n    [ \t]*\^\z", RegexOptions.Singleline)]
    private static partial Regex Place();

    /// <param name="At">Where, in 1/1000 of the text; also <paramref name="From"/>, where what is put there comes from when it is no fragment.</param>
    private sealed record Edit(int At, int Cut, string? Put, int From)
    {
        public static readonly Gen<Edit> Any = Gen.Select(
            Gen.Int[0, 1000], Gen.Int[0, 12], Gen.OneOf(Gen.Const((string?)null), Fragment.Select(fragment => (string?)fragment)), Gen.Int[0, 1000],
            (at, cut, put, from) => new Edit(at, cut, put, from));

        public string Of(string text)
        {
            var at = text.Length * At / 1000;
            var from = text.Length * From / 1000;
            var put = Put ?? text[from..Math.Min(text.Length, from + 40)];
            return text[..at] + put + text[Math.Min(text.Length, at + Cut)..];
        }
    }
}
