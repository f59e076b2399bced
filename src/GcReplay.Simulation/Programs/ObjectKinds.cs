using System.Collections.Immutable;

namespace GcReplay.Simulation.Programs;

/// <summary>The kinds of objects. Whether the run's collector knows a kind is checked when a run is prepared.</summary>
public static class ObjectKinds
{
    /// <summary>Slots that hold references, seen by the collector.</summary>
    public const string Plain = "plain";

    /// <summary>No references: invisible to a collector that only looks for cycles.</summary>
    public const string Leaf = "leaf";

    /// <summary>As plain, with a finalizer that runs once (PEP 442). The one kind whose objects name a script of their own.</summary>
    public const string Fin = "fin";

    /// <summary>As plain, without a <c>tp_clear</c>: the collector cannot empty its slots.</summary>
    public const string NoClear = "noclear";

    /// <summary>As plain, with a <c>tp_del</c>: in a cycle it is uncollectable.</summary>
    public const string Legacy = "legacy";

    /// <summary>Slots that its <c>tp_traverse</c> does not visit.</summary>
    public const string Opaque = "opaque";

    /// <summary>As plain, deallocated through the trashcan.</summary>
    public const string Tc = "tc";

    /// <summary>As plain, but its deallocator untracks without asking whether it is tracked. Source: CPython's func_dealloc, gh-92036.</summary>
    public const string Function = "function";

    /// <summary>Two slots that hold references: 0 is <c>prev</c>, 1 is <c>next</c>.</summary>
    public const string Node = "node";

    /// <summary>As leaf, but sized in bytes: a text of that length.</summary>
    public const string Str = "str";

    public const string WeakRef = "weakref";

    public const string Tuple = "tuple";

    public const string Dict = "dict";

    /// <summary>Kinds that <c>new</c> makes: objects with numbered slots, which can be weakly referenced.</summary>
    public static readonly ImmutableArray<string> Nodes = [Plain, Leaf, Fin, NoClear, Legacy, Opaque, Tc, Function, Node, Str];

    /// <summary>Kinds of objects that can be there before the program begins.</summary>
    public static readonly ImmutableArray<string> Prebuilt = [Plain, Node];

    /// <summary>Kinds whose objects come from the operation of the same name; no declared type can have one.</summary>
    public static readonly ImmutableArray<string> Made = [WeakRef, Tuple, Dict];

    /// <summary>Kinds whose objects call a script of the program: a finalizer, a callback.</summary>
    public static readonly ImmutableArray<string> Callers = [Fin, WeakRef];

    public static readonly ImmutableArray<string> All = [.. Nodes, .. Made];

    /// <summary>How many slots every object of a kind has; null when each has its own number.</summary>
    public static long? SlotsOf(string kind) => kind == Node ? 2 : null;

    /// <summary>Every program's types begin with these: a kind's name is a type without a declaration.</summary>
    public static readonly ImmutableArray<TypeDeclaration> Types = [.. All.Select(kind => new TypeDeclaration(kind, kind, 0))];
}
