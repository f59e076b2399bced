using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Expressions;

/// <summary>A question about an object, as <c>help expressions</c> lists it.</summary>
/// <param name="Kind">What it is answered with.</param>
/// <param name="ReadsEvent">Whether the answer changes without a word that does.</param>
internal sealed record ObjectFunction(
    string Name, ValueKind Kind, Domain Domain, string Summary, Func<Moment, ObjectView, Value> Answer, bool ReadsEvent = false)
{
    /// <summary>The one table of questions; <c>on</c> stands apart, it asks about a list as well.</summary>
    public static IReadOnlyList<ObjectFunction> All(Debugger debugger) =>
    [
        new("colour", ValueKind.Text, Domain.Colour, "white, grey, black, or none", (_, o) => Value.Of(ColourName(o.Colour))),
        new("owner", ValueKind.Text, Domain.Interpreter, "the interpreter whose list holds it, or none", (m, o) => Value.Of(o.Owner is { } owner ? m.View.InterpreterName(owner.Interpreter) : Domains.Absent)),
        new("orphaned", ValueKind.Truth, Domain.None, "whether its owner is destroyed", (_, o) => Value.Of(o.Owner is { IsDestroyed: true })),
        new("birthplace", ValueKind.Text, Domain.Interpreter, "the interpreter that allocated it", (m, o) => Value.Of(m.View.InterpreterName(o.Birthplace))),
        new("list", ValueKind.Text, Domain.List, "the list that it is on, or none", (_, o) => Value.Of(o.List?.Name ?? Domains.Absent)),
        new("reachable", ValueKind.Truth, Domain.None, "whether owned references lead from a root to it", (m, o) => Value.Of(m.View.IsReachable(o))),
        new("state", ValueKind.Text, Domain.ObjectState, "unborn, live, freed, or unmapped", (_, o) => Value.Of(StateName(o.State))),
        new("type", ValueKind.Text, Domain.ObjectType, "its type", (_, o) => Value.Of(o.Type.Name)),
        new("name", ValueKind.Text, Domain.None, "its name in the program", (_, o) => Value.Of(o.Name)),
        new("size", ValueKind.Number, Domain.None, "bytes of its cell", (m, o) => Value.Of(m.View.Shadow.CellAt(o.Entry.CellStart)?.Bytes ?? 0)),
        new("age", ValueKind.Number, Domain.None, "events since its birth", (m, o) => Age(debugger, m, o), ReadsEvent: true),
        new("address", ValueKind.Number, Domain.None, "where it lies", (_, o) => Value.Of(o.Address.Value)),
        new("number", ValueKind.Number, Domain.None, "N of #N", (_, o) => Value.Of(o.Number)),
    ];

    private static string ColourName(Colour colour) => colour switch
    {
        Colour.White => "white",
        Colour.Grey => "grey",
        Colour.Black => "black",
        _ => Domains.Absent,
    };

    private static string StateName(ObjectState state) => state switch
    {
        ObjectState.Live => "live",
        ObjectState.Freed => "freed",
        _ => "unmapped",
    };

    private static Value Age(Debugger debugger, in Moment moment, ObjectView o) =>
        debugger.Objects.Find(new ObjectName(o.Number, o.IsRuntime), debugger.Progress) is { } life
            ? Value.Of((ulong)Math.Max(0, moment.Number - life.Birth))
            : Value.Unknown("its birth is not in this trace", o.Number);
}
