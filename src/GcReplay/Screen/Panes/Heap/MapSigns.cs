using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Screen.Panes;

/// <summary>The signs of the map: a letter where an object begins, <c>=</c> along it, and what each sign means.</summary>
internal sealed class MapSigns
{
    private const char Along = '=';
    private const char Interpreter = '@';
    private const char Changed = '*';
    private const char Lost = '!';
    private static readonly Ink[] Tints = [Ink.Tint1, Ink.Tint2, Ink.Tint3, Ink.Tint4, Ink.Tint5, Ink.Tint6];

    private readonly HeapView view;
    private readonly MapColouring colouring;
    private readonly ChangedWords changed;
    private readonly IReadOnlyList<Address> lost;
    private readonly ulong focus;
    private readonly ulong highest;
    private readonly SortedDictionary<string, (string Meaning, Ink Ink)> legend = new(StringComparer.Ordinal);
    private readonly Dictionary<int, char> initials = [];

    /// <param name="lost">Addresses of freed or unmapped memory that something still names.</param>
    public MapSigns(Timeline timeline, MapColouring colouring, ChangedWords changed, IReadOnlyList<Address> lost, ulong focus)
    {
        (view, this.colouring, this.changed, this.lost, this.focus) = (timeline.View, colouring, changed, lost, focus);
        highest = colouring == MapColouring.Age ? view.HighestNumber() : 0;
        for (var i = 0; i < view.Layout.Interpreters.Length; i++)
            initials[i] = Initial(view.InterpreterName(i));
    }

    /// <summary>The signs that were drawn, with what they mean.</summary>
    public IEnumerable<(string Sign, string Meaning, Ink Ink)> Legend => legend.Select(l => (l.Key[1..], l.Value.Meaning, l.Value.Ink));

    /// <summary>The sign of a place, and its ink.</summary>
    public (char Sign, Ink Ink) Of(MapSpot spot, Address start, Address end)
    {
        var (sign, ink) = Plain(spot);
        if (lost.Any(a => a >= start && a < end))
            return Meaning(Lost, "gone, still named", Ink.Failure, '0');
        if (changed.AnyIn(start, end))
            return Meaning(Changed, "changed now", Ink.Changed, '1');
        return IsFocus(spot) ? (sign, Ink.Present) : (sign, ink);
    }

    private bool IsFocus(MapSpot spot) =>
        focus > 0 && spot is { Use: MemoryUse.Object, Cell: { } cell } && view.Shadow.Objects.NumberAt(cell.Row) == focus;

    private (char Sign, Ink Ink) Plain(MapSpot spot)
    {
        if (spot is { Use: MemoryUse.Runtime, Cell: { } cell } && view.Shadow.OccupantOf(cell) is { } occupant)
            return Struct(spot, occupant);
        if (spot.Use != MemoryUse.Object || view.Shadow.OccupantOf(spot.Cell!.Value) is not { } entry)
            return Meaning(MapGlyphs.Of(spot.Use), MapGlyphs.Name(spot.Use), spot.Use == MemoryUse.Runtime ? Ink.Title : MapGlyphs.InkOf(spot.Use), spot.Use == MemoryUse.Runtime ? '8' : '9');
        var (sign, meaning, ink) = colouring switch
        {
            MapColouring.Owner => Owner(entry),
            MapColouring.Age => Age(entry),
            _ => Colour(entry),
        };
        Meaning(sign, meaning, ink, '5');
        return (spot.IsStart ? sign : Along, ink);
    }

    private (char Sign, Ink Ink) Struct(MapSpot spot, ObjectEntry occupant)
    {
        var role = occupant.TypeId < view.Layout.Types.Length ? view.Layout.Struct(view.Layout.Types[occupant.TypeId].Struct).Role : StructRole.Plain;
        var (sign, ink) = role == StructRole.Interpreter ? Meaning(Interpreter, "interpreter", Ink.Title, '7') : Meaning(MapGlyphs.Of(MemoryUse.Runtime), "runtime", Ink.Title, '8');
        return (spot.IsStart ? sign : Along, ink);
    }

    private (char Sign, string Meaning, Ink Ink) Colour(ObjectEntry entry) => view.ColourOf(entry) switch
    {
        Heaps.Layouts.Colour.White => ('W', "white", Ink.White),
        Heaps.Layouts.Colour.Grey => ('G', "grey", Ink.Grey),
        Heaps.Layouts.Colour.Black => ('B', "black", Ink.Black),
        _ => (MapGlyphs.Of(MemoryUse.Object), "object", Ink.Normal),
    };

    private (char Sign, string Meaning, Ink Ink) Owner(ObjectEntry entry)
    {
        if (view.OwnerOf(entry) is not { } owner)
            return (MapGlyphs.Of(MemoryUse.Object), "on no list of an interpreter", Ink.Normal);
        var name = view.InterpreterName(owner.Interpreter);
        var initial = initials.GetValueOrDefault(owner.Interpreter, '?');
        return owner.IsDestroyed
            ? (char.ToLowerInvariant(initial), $"{name}, destroyed", Ink.Failure)
            : (initial, name, Tints[owner.Interpreter % Tints.Length]);
    }

    /// <summary>From 0, the youngest tenth of all births, to 9.</summary>
    private (char Sign, string Meaning, Ink Ink) Age(ObjectEntry entry)
    {
        var number = ObjectNumber.Head(entry.Number);
        var age = highest == 0 || number > highest ? 0 : (int)((highest - number) * 10 / (highest + 1));
        return ((char)('0' + age), age == 0 ? "youngest tenth" : age == 9 ? "oldest tenth" : "", Tints[age * Tints.Length / 10]);
    }

    private (char Sign, Ink Ink) Meaning(char sign, string meaning, Ink ink, char order)
    {
        if (meaning.Length > 0)
            legend[$"{order}{sign}"] = (meaning, ink);
        return (sign, ink);
    }

    /// <summary>The first letter of a name that no other interpreter has.</summary>
    private char Initial(string name)
    {
        foreach (var letter in name.Where(char.IsAsciiLetter).Select(char.ToUpperInvariant).Concat("ABCDEFGHIJKLMNPQRSTUVXYZ"))
        {
            // order: only whether it is taken.
            if (!initials.ContainsValue(letter) && letter is not 'O')
                return letter;
        }

        return '?';
    }
}
