namespace GcReplay.Heaps.Sanitizers;

/// <summary>All sanitizers. Of two that fail after one event the earlier here tells more about the cause.</summary>
public static class Sanitizers
{
    public static IReadOnlyList<ISanitizer> All { get; } =
    [
        new FreedNamedByLiveLink(),
        new UseAfterFree(),
        new ListIntegrity(),
        new DeadList(),
        new MemberOfTwoLists(),
        new ReferenceCount(),
        new BlackToWhite(),
    ];
}
