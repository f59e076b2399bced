using System.Collections.Immutable;

namespace GcReplay.Simulation.Collectors.CPython39;

/// <summary>A state of CPython's code, as the differences that matter here.</summary>
public sealed record CPython39Revision
{
    public required string Name { get; init; }

    /// <summary>Each interpreter has GC state and lists of its own. Source: commit 7247407 (bpo-36854, 2019-11-20).</summary>
    public bool KeepsStatePerInterpreter { get; init; } = true;

    /// <summary>Objects leave the GC lists when their interpreter ends. Source: bpo-46070, commit 1a4d1c1; lost in gh-94673.</summary>
    public bool UntracksAtInterpreterEnd { get; init; }

    /// <summary>Untracked survivors get a reference that is never given back, so that no deallocator sees an untracked object.
    /// Source: gh-92036, commit 14243369.</summary>
    public bool LeaksSurvivorsAtInterpreterEnd { get; init; }

    /// <summary>Only the heads of the ending interpreter's lists are unlinked: survivors stay linked in a ring without a head. Source:
    /// gh-116510, commit 6f9525dd3f (finalize_unlink_gc_head).</summary>
    public bool UnlinksHeadsAtInterpreterEnd { get; init; }

    /// <summary>sizeof(PyInterpreterState). Source: measured with gdb on 3.8.18, 3.9.18, 3.12.1 and 3.13.0.</summary>
    public required int InterpreterBytes { get; init; }

    /// <summary>Offset of generation 0's head in PyInterpreterState. Source: measured on the same.</summary>
    public required int StateOffset { get; init; }

    /// <summary>All revisions, oldest first.</summary>
    public static readonly ImmutableArray<CPython39Revision> All =
    [
        // 3.8: one state in _PyRuntime; its struct has no GC state, so the offset only says where one would not fit.
        new() { Name = "shared-state", KeepsStatePerInterpreter = false, InterpreterBytes = 2_720, StateOffset = 0 },
        new() { Name = "7247407", InterpreterBytes = 5_656, StateOffset = 640 },
        // Never released alone: as its text says, not as measured.
        new() { Name = "1a4d1c1", InterpreterBytes = 5_656, StateOffset = 640, UntracksAtInterpreterEnd = true },
        new() { Name = "gh-92036", InterpreterBytes = 5_656, StateOffset = 640, UntracksAtInterpreterEnd = true, LeaksSurvivorsAtInterpreterEnd = true },
        // The fix was lost in a refactoring, and the struct had grown above glibc's mmap threshold.
        new() { Name = "gh-94673", InterpreterBytes = 383_552, StateOffset = 136 },
        new() { Name = "gh-116510", InterpreterBytes = 194_968, StateOffset = 7_424, UnlinksHeadsAtInterpreterEnd = true },
    ];
}
