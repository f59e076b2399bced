namespace GcReplay.Simulation.Programs;

/// <summary>The labels of a program: each one once.</summary>
internal sealed class LabelBook(ProgramText source)
{
    private readonly Dictionary<string, int> lines = [];

    /// <summary>A label in the text and the colon after it; both are taken.</summary>
    public string Written(TokenReader tokens)
    {
        var token = tokens.Take();
        tokens.Take();
        var label = source.Word(token);
        if (!lines.TryAdd(label, token.Line))
            throw source.Expected($"a label of its own (line {lines[label]} has this one)", token);
        return label;
    }

    /// <summary>The label that the place gives.</summary>
    public string Automatic(string prefix, int ordinal, Token token)
    {
        var label = $"{prefix}{ordinal}";
        if (!lines.TryAdd(label, token.Line))
            throw source.Expected($"a label: line {lines[label]} has '{label}', which this place would give", token);
        return label;
    }
}
