using System.Text;
using GcReplay.Heaps;

namespace GcReplay.Simulation.Programs.Importing;

internal enum RecordedKind
{
    Born,
    Died,

    /// <summary>A slot holds another object now.</summary>
    Slot,

    /// <summary>A slot is empty now.</summary>
    Empty,

    /// <summary>The number of references from outside the recorded objects changed.</summary>
    Roots,

    /// <summary>A collection starts or ends; nothing but the end of a safe point follows from it.</summary>
    Collection,
}

/// <param name="Subject">Object by order of birth, from 0; of a birth and a slot too.</param>
/// <param name="Slot">Slot, or for <see cref="RecordedKind.Roots"/> the count.</param>
/// <param name="Target">Object that the slot holds.</param>
internal readonly record struct RecordedLine(RecordedKind Kind, int Subject, int Slot, int Target);

/// <summary>A recording's lines with objects numbered by birth, each line checked against those before.</summary>
internal sealed class Recording
{
    /// <summary>Objects get all their slots at birth; this many take 160 MB of simulated memory.</summary>
    private const int AllSlotsMax = 20_000_000;

    /// <summary>Characters of a line, most of them the name of a type.</summary>
    private const int LineMax = 65_536;

    private readonly string name;
    private readonly Dictionary<string, int> typeNumbers = [];
    private readonly Dictionary<string, int> living = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> livingBySpan;
    private readonly List<RecordedLine> lines = [];
    private readonly List<string> types = [];
    private readonly List<int> typeOf = [];
    private readonly List<int> slots = [];
    private int allSlots;

    private Recording(string name)
    {
        this.name = name;
        livingBySpan = living.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IReadOnlyList<RecordedLine> Lines => lines;

    /// <summary>Type names in order of first birth.</summary>
    public IReadOnlyList<string> Types => types;

    /// <summary>Index into <see cref="Types"/> by object.</summary>
    public IReadOnlyList<int> TypeOf => typeOf;

    /// <summary>The highest slot the recording ever fills + 1, by object.</summary>
    public IReadOnlyList<int> Slots => slots;

    /// <exception cref="GcReplayException">A line is malformed or speaks of an object that does not live: <c>FILE:LINE: …</c>.</exception>
    public static Recording Read(string name, TextReader text)
    {
        var recording = new Recording(name);
        var number = 0;
        while (ReadLine(name, number + 1, text) is { } line)
            recording.Add(line.TrimEnd(), ++number);
        if (recording.typeOf.Count == 0)
            throw new GcReplayException($"{name}: no birth (a line 'n ID TYPE SIZE') in {number} lines. Is it a recording?");
        return recording;
    }

    /// <summary>A line, or null at the end. A file without lines is not read into memory as one.</summary>
    private static string? ReadLine(string name, int number, TextReader text)
    {
        var line = new StringBuilder();
        int next;
        while ((next = text.Read()) >= 0 && next != '\n')
        {
            if (line.Length == LineMax)
                throw new GcReplayException($"{name}:{number}: longer than {LineMax} characters. Is it a recording?");
            line.Append((char)next);
        }

        return next < 0 && line.Length == 0 ? null : line.ToString();
    }

    private void Add(string line, int number)
    {
        if (line.Length == 0)
            return;
        Span<Range> words = stackalloc Range[5];
        var count = line.AsSpan().Split(words, ' ');
        lines.Add((line[words[0]], count) switch
        {
            ("n", >= 4) => Birth(line, number, line[words[1]]),
            ("d", 2) => Death(line, number, words),
            ("s", 4) => SlotFilled(line, number, words),
            ("x", 3) => new RecordedLine(RecordedKind.Empty, Living(line, number, words[1]), Number(line, number, words[2]), 0),
            ("r", 3) => new RecordedLine(RecordedKind.Roots, Living(line, number, words[1]), Number(line, number, words[2]), 0),
            ("g", 2) or ("G", 3) => new RecordedLine(RecordedKind.Collection, 0, 0, 0),
            _ => throw Wrong(number, $"expected one of 'n ID TYPE SIZE', 's SRC SLOT DST', 'x SRC SLOT', 'r ID COUNT', 'd ID', 'g GEN', 'G GEN COLLECTED', found '{Clip(line)}'"),
        });
    }

    /// <summary><c>n ID TYPE SIZE</c>; the type's name may hold spaces.</summary>
    private RecordedLine Birth(string line, int number, string id)
    {
        var type = line[(3 + id.Length)..line.LastIndexOf(' ')];
        if (type.Length == 0 || !living.TryAdd(id, typeOf.Count))
            throw Wrong(number, $"expected the birth of an object that does not live yet, found '{Clip(line)}'");
        if (!typeNumbers.TryGetValue(type, out var typeNumber))
        {
            typeNumber = types.Count;
            typeNumbers.Add(type, typeNumber);
            types.Add(type);
        }
        typeOf.Add(typeNumber);
        slots.Add(0);
        return new RecordedLine(RecordedKind.Born, typeOf.Count - 1, 0, 0);
    }

    private RecordedLine Death(string line, int number, ReadOnlySpan<Range> words)
    {
        var dead = Living(line, number, words[1]);
        livingBySpan.Remove(line.AsSpan(words[1]));
        return new RecordedLine(RecordedKind.Died, dead, 0, 0);
    }

    private RecordedLine SlotFilled(string line, int number, ReadOnlySpan<Range> words)
    {
        var source = Living(line, number, words[1]);
        var slot = Number(line, number, words[2]);
        if (slot >= slots[source])
        {
            allSlots += slot + 1 - slots[source];
            slots[source] = slot + 1;
        }
        if (allSlots > AllSlotsMax)
            throw Wrong(number, $"expected no more than {AllSlotsMax} slots in all objects together, found '{Clip(line)}'");
        return new RecordedLine(RecordedKind.Slot, source, slot, Living(line, number, words[3]));
    }

    private int Living(string line, int number, Range word)
    {
        var id = line.AsSpan(word);
        if (livingBySpan.TryGetValue(id, out var subject))
            return subject;
        throw Wrong(number, $"expected an object that lives, found '{Clip(id.ToString())}', which is not born yet or dead, in '{Clip(line)}'");
    }

    private int Number(string line, int number, Range word)
    {
        var value = ProgramNames.Number(line.AsSpan(word));
        if (value is < 0 or >= ProgramLimits.NumberMax)
            throw Wrong(number, $"expected a number below {ProgramLimits.NumberMax}, found '{Clip(line[word])}', in '{Clip(line)}'");
        return (int)value;
    }

    private GcReplayException Wrong(int number, string message) => new($"{name}:{number}: {message}");

    private static string Clip(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
