using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Traces;

namespace GcReplay.Debugging.Expressions;

/// <summary>Whose names a value takes: <c>Store</c> in <c>kind == Store</c> is the name of a kind of event.</summary>
internal enum Domain
{
    /// <summary>Any text, or no text at all.</summary>
    None = 0,
    EventKind,
    Phase,
    Colour,
    Thread,
    Interpreter,
    List,
    ObjectType,
    ObjectState,
    Label,
}

/// <summary>The names of each domain in one trace.</summary>
internal sealed class Domains(TraceHeader header)
{
    /// <summary>What owner, colour, list and phase are where there is none.</summary>
    public const string Absent = "none";

    public const string Unborn = "unborn";

    private readonly List<string> lists = [.. ListNames(header.Layout)];

    /// <summary>What one of the names is called, for messages.</summary>
    public static string Noun(Domain domain) => domain switch
    {
        Domain.EventKind => "kind of event",
        Domain.Phase => "phase",
        Domain.Colour => "colour",
        Domain.Thread => "thread",
        Domain.Interpreter => "interpreter",
        Domain.List => "list",
        Domain.ObjectType => "type of object",
        Domain.ObjectState => "state of an object",
        _ => "statement's label",
    };

    public IEnumerable<string> Names(Domain domain) => domain switch
    {
        Domain.EventKind => EventShapes.All.Select(s => s.Kind.ToString()),
        Domain.Phase => header.Layout.Phases.Append(Absent).Distinct(),
        Domain.Colour => [Absent, "white", "grey", "black"],
        Domain.Thread => header.Threads,
        Domain.Interpreter => [.. header.Layout.Interpreters.Where(n => n.Length > 0), Absent],
        Domain.List => lists,
        Domain.ObjectType => header.Layout.Types.Select(t => t.Name),
        Domain.ObjectState => ["live", "freed", "unmapped", Unborn],
        Domain.Label => header.Operations.Select(o => o.Label),
        _ => [],
    };

    /// <summary>The name as the trace spells it; null when there is none such. Case does not count.</summary>
    public string? Spelled(Domain domain, string name)
    {
        if (domain == Domain.None)
            return name;
        // A list is called after the struct that holds it, and those come and go: its own name decides.
        if (domain == Domain.List && name.LastIndexOf('.') is var dot and > 0)
            return lists.Contains(name[(dot + 1)..]) ? name : null;
        var names = Names(domain).ToList();
        return names.Find(n => n == name) ?? names.Find(n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<string> ListNames(Layout layout)
    {
        var structs = layout.Structs.Where(s => s.Role != StructRole.Object).ToList();
        var held = structs.SelectMany(s => s.Fields).Where(f => f.Meanings.Any(m => m.Role == FieldRole.HeldList)).Select(f => f.Name);
        return structs.SelectMany(s => s.Containers).Select(c => c.Name).Concat(held).Append(Absent).Distinct();
    }
}
