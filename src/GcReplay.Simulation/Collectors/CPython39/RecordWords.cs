namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>Offsets of a collection record on the C stack: what upstream keeps in locals of <c>collect</c>.</summary>
internal static class RecordWords
{
    public const int Phase = 0;
    public const int Interpreter = 8;
    public const int Generation = 16;
    public const int Outer = 24;
    public const int Young = 32;
    public const int Old = 40;
    public const int Cursor = 48;
    public const int Unreachable = 56;
    public const int FinalUnreachable = 72;
    public const int Finalizers = 88;

    /// <summary>The list of the second pass.</summary>
    public const int Resurrecting = 104;

    /// <summary>Reference that delete_garbage or finalize_garbage holds around a call.</summary>
    public const int Held = 112;

    /// <summary>wrcb_to_call: weak references whose callbacks are to be called.</summary>
    public const int Callbacks = 120;

    /// <summary>seen: what finalize_garbage has looked at.</summary>
    public const int Seen = 136;
    public const int Bytes = 152;
}

/// <summary>Numbers of the phases; the names are <c>CPython39Family.Phases</c>.</summary>
internal enum Phase
{
    None = 0,
    MergeYounger,
    UpdateRefs,
    SubtractRefs,
    MoveUnreachable,
    UntrackContainers,
    LegacyFinalizers,
    HandleWeakrefs,
    FinalizeGarbage,
    UpdateRefsAgain,
    SubtractRefsAgain,
    MoveUnreachableAgain,
    DeleteGarbage,
    HandleLegacyFinalizers,
}
