using CsCheck;

namespace GcReplay.Tests.Simulation.Collectors.Incminimark;

/// <summary>Programs with everything that incminimark's table has, in few roots: arrays and nodes in g0 to g3, large arrays in g4,
/// strings, which are pinned, in g5 to g8, weak references in g9.</summary>
/// <remarks>Strings are made once and kept: a program that unpins a dead object touches freed memory, as upstream. What is
/// pinned or prebuilt has no finalizer: upstream asserts that.</remarks>
internal static class IncminimarkPrograms
{
    private const string Beginning = "g5 = new str 3\ng6 = new str 9\ng7 = new leaf 2\ng8 = new str 90\ng4 = new plain 40\n";

    private static readonly Gen<string> Holder = Gen.Frequency((8, Gen.Int[0, 4].Select(i => $"g{i}")), (1, Gen.Const("p1")), (1, Gen.Const("p2")));

    private static readonly Gen<string> Value = Gen.Frequency(
        (8, Gen.Int[0, 9].Select(i => $"g{i}")), (2, Gen.Int[0, 1].Select(i => $"f{i}")), (1, Gen.Const("p1")), (1, Gen.Const("p3")), (1, Gen.Const("none")));

    private static readonly Gen<string> Target = Gen.Frequency((4, Gen.Int[0, 3].Select(i => $"g{i} = ")), (1, Gen.Const("push = ")));

    private static readonly Gen<string> Statement = Gen.Frequency(
        (8, Gen.Select(Target, Gen.Int[0, 12]).Select((to, slots) => slots < 6 ? $"{to}new node 2" : $"{to}new plain {slots - 6}")),
        (1, Gen.Int[10, 60].Select(slots => $"g4 = new plain {slots}")),
        (1, Gen.Select(Target, Gen.Int[0, 80]).Select((to, bytes) => $"{to}new str {bytes}")),
        (10, Gen.Select(Holder, Gen.Int[0, 5], Value).Select((o, i, value) => $"write {o} {i} {value}")),
        (3, Gen.Select(Gen.Int[0, 39], Value).Select((i, value) => $"write g4 {i} {value}")),
        (2, Gen.Select(Holder, Gen.Int[0, 2], Value).Select((o, i, value) => $"store {o} {i} {value}")),
        (3, Gen.Select(Target, Holder, Gen.Int[0, 5]).Select((to, o, i) => $"{to}read {o} {i}")),
        (1, Gen.Select(Holder, Gen.Int[0, 5]).Select((o, i) => $"clear {o} {i}")),
        (4, Gen.Select(Holder, Gen.Int[0, 3], Holder, Gen.Int[0, 3], Gen.Int[0, 20]).Select((a, i, b, j, n) => $"arraycopy {a} {i} {b} {j} {n}")),
        (2, Gen.Int[0, 30].Select(n => $"g3 = new plain 30\narraycopy g4 0 g3 0 {n}\ng4 = copy g3")),
        (1, Gen.Select(Holder, Value).Select((o, value) => $"fill {o} {value}")),
        (3, Gen.Frequency((3, Gen.Int[0, 3].Select(i => $"drop g{i}")), (2, Gen.Const("drop f0")))),
        (2, Value.Select(value => $"g9 = weakref {value}")),
        (1, Target.Select(to => $"{to}readweak g9")),
        (3, Gen.Int[5, 8].Select(i => $"pin g{i}")),
        (2, Gen.Int[0, 2].Select(i => $"unpin {i}")),
        (2, Gen.Int[0, 9].Select(i => $"id g{i}")),
        (1, Gen.Select(Gen.Int[0, 3], Value).Select((i, value) => $"g{i} = new node 2\nfinalizer g{i}\nwrite g{i} 0 {value}")),
        (1, Target.Select(to => $"{to}nextdead")),
        (4, OneOf("collect", "collect minor", "collect increment", "collect increment", "collect 0", "collect 1")),
        (1, OneOf("advance marking", "advance sweeping", "advance scanning", "enable", "disable")),
        (1, Gen.Int[0, 8000].Select(halves => $"majorthreshold {halves / 2}.{halves % 2 * 5}")));

    private static readonly Gen<string> Body = Gen.Frequency(
        (6, Statement),
        (1, Gen.Select(Gen.Int[2, 5], Statement.Array[1, 6]).Select((times, body) => $"loop {times} {{\n{string.Join('\n', body)}\n}}")))
        .Array[5, 60].Select(statements => string.Join('\n', statements));

    public static readonly Gen<string> Texts = Gen.Select(Body, Body).Select((main, worker) =>
        $"globals a b c d e s t u v w none\nprebuilt p1 = node p2 none\nprebuilt p2 = plain p1 none none\nprebuilt p3 = node none none\n"
        + $"thread main {{\n{Beginning}spawn worker\n{main}\njoin worker\ncollect\n}}\nthread worker {{\n{worker}\n}}\n");

    /// <summary>Parameters as <c>--set</c> takes them: small, so that all comes to pass in few statements.</summary>
    public static readonly Gen<string[]> Settings = Gen.Select(
        OneOf("nursery_words=40", "nursery_words=64"), OneOf("card_page_indices=0", "card_page_indices=1", "card_page_indices=4"),
        OneOf("arena=simple", "arena=paged"), OneOf("debug=2", "debug=1", "debug=0"),
        // With 4 nodes are large, too: young objects outside the nursery without cards.
        OneOf("large_object_words=10", "large_object_words=10", "large_object_words=4"),
        (nursery, cards, arena, debug, large) => (string[])
        [
            nursery, cards, arena, debug, large, "small_request_threshold_words=5", "page_words=16", "arena_words=64",
            "min_heap_bytes=640", "major_collection_threshold=2.5", "growth_rate_max=2.5",
        ]);

    private static Gen<string> OneOf(params string[] texts) => Gen.OneOf([.. texts.Select(Gen.Const)]);
}
