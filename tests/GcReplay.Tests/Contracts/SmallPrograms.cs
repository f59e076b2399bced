using CsCheck;

namespace GcReplay.Tests.Contracts;

/// <summary>Programs in which much happens in few events: few roots, so that most operands name an object; interpreters that come
/// and go; two threads; garbage and collections everywhere.</summary>
internal static class SmallPrograms
{
    private static readonly Gen<string> Root = Gen.OneOf(Gen.Int[0, 3].Select(i => $"g{i}"), Gen.Int[0, 1].Select(i => $"f{i}"));

    private static readonly Gen<string> Target = Gen.OneOf(Gen.Int[0, 3].Select(i => $"g{i} = "), Gen.Const("push = "));

    private static readonly Gen<string> Statement = Gen.Frequency(
        (6, Gen.Select(Target, Gen.Int[0, 3], Gen.Bool).Select((to, slots, isLeaf) => $"{to}new {(isLeaf && slots == 0 ? "leaf" : "plain")} {slots}")),
        (8, Gen.Select(Root, Gen.Int[0, 2], Root).Select((o, i, value) => $"store {o} {i} {value}")),
        (3, Gen.Select(Target, Root, Gen.Int[0, 2]).Select((to, o, i) => $"{to}load {o} {i}")),
        (2, Gen.Select(Root, Gen.Int[0, 2]).Select((o, i) => $"clear {o} {i}")),
        (3, Root.Select(root => $"drop {root}")),
        (1, Gen.Select(Root, Root).Select((from, to) => $"arraycopy {from} 0 {to} 0 2")),
        (2, OneOf("collect", "collect minor", "collect increment")),
        (1, OneOf("interpreter sub", "interpreter sub", "enter sub", "enter main", "end sub")),
        (1, OneOf("spawn worker", "join worker", "enable", "disable")));

    private static Gen<string> OneOf(params string[] texts) => Gen.OneOf([.. texts.Select(Gen.Const)]);

    private static readonly Gen<string> Body = Gen.Frequency(
        (4, Statement),
        (1, Gen.Select(Gen.Int[1, 5], Statement.Array[1, 6]).Select((times, body) => $"loop {times} {{\n{string.Join('\n', body)}\n}}")))
        .Array[5, 40].Select(statements => string.Join('\n', statements));

    public static readonly Gen<string> Texts = Gen.Select(Body, Body).Select((main, worker) =>
        $"globals a b c d\nthread main {{\ninterpreter sub\n{main}\n}}\nthread worker {{\n{worker}\n}}\n");
}
