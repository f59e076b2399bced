using System.Collections.Immutable;
using GcReplay.Simulation.Chaos;
using GcReplay.Simulation.Collectors;
using GcReplay.Simulation.Programs;

namespace GcReplay.Simulation.Hunting;

/// <summary>Makes heap programs from seeds, over the operation table and a collector's own rows: a new row takes part without a change
/// here.</summary>
/// <remarks>Programs end: a script makes only objects whose scripts have lower numbers, and starts no threads; callbacks do not mention
/// <c>self</c>, since an only weak reference may die within its callback. Cost: linear in the statements.</remarks>
public sealed class ProgramMaker(CollectorFamily family)
{
    private const string FileName = "generated.heap";

    /// <summary>The program of a seed: the same in every process.</summary>
    public HeapProgram Make(ulong seed)
    {
        var dice = new Dice(seed);
        return new Draft(new Character(family, dice), dice).Program();
    }

    /// <summary>One program in the making.</summary>
    private sealed class Draft(Character character, Dice dice)
    {
        private readonly Numbering interpreters = new(ProgramNames.Main);
        private int globalsUsed;

        public HeapProgram Program()
        {
            var beliefs = new Beliefs(character.GlobalCount, character.PrebuiltCount, character.PrebuiltRarity);
            var prebuilts = Prebuilts(beliefs);
            var threads = ImmutableArray.CreateBuilder<Block>();
            string[] others = [.. Enumerable.Range(1, character.ThreadCount - 1).Select(i => $"t{i}")];
            threads.Add(Main(beliefs, others));
            foreach (var name in others)
            {
                var writer = Writer(beliefs.Elsewhere(), [], isScript: false, isFinalizer: false, character.ScriptCount);
                threads.Add(Block(name, writer.Body(Math.Max(2, character.Statements / 2))));
            }

            var scripts = ImmutableArray.CreateBuilder<Block>();
            for (var i = 0; i < 2 * character.ScriptCount; i++)
            {
                // Finalizers have even numbers, callbacks odd ones.
                var writer = Writer(beliefs.Elsewhere(), [], isScript: true, isFinalizer: i % 2 == 0, i / 2);
                scripts.Add(Block($"s{i}", writer.Body(dice.Between(1, 4))));
            }

            return new HeapProgram
            {
                Name = FileName,
                Types = ObjectKinds.Types,
                Globals = [],
                GlobalCount = globalsUsed,
                Prebuilts = prebuilts,
                Interpreters = interpreters.Names,
                Threads = threads.ToImmutable(),
                Scripts = scripts.ToImmutable(),
            };
        }

        /// <summary>An object in every global first, most often with another behind it, so that what follows finds something to work on; at the end everybody is waited
        /// for, and what is garbage is collected.</summary>
        private Block Main(Beliefs beliefs, string[] others)
        {
            var writer = Writer(beliefs, [.. others.Select((_, i) => i + 1)], isScript: false, isFinalizer: false, character.ScriptCount);
            var body = new List<Node>();
            for (var i = 0; i < character.GlobalCount; i++)
                body.Add(writer.Statements.New(new Destination(RootKind.Global, i)));
            // Many begin with objects that nothing but one other leads to …
            if (!dice.OneIn(3))
                body.AddRange(writer.Hang(character.GlobalCount));
            // … and in the middle of a cycle.
            for (var i = dice.Of(0, 0, 1, 2, 3, 6); i > 0; i--)
                body.Add(writer.Statements.Collect(-3));
            body.AddRange(writer.Body(character.Statements));
            for (var i = 0; i < others.Length; i++)
                body.Add(new Statement("", null, OperationTable.Join, [new Operand(OperandForm.Thread, i + 1)], 0));
            body.Add(writer.Statements.Collect(-1));
            body.Add(writer.Statements.Collect(-1));
            return Block(ProgramNames.Main, body);
        }

        private BodyMaker Writer(Beliefs beliefs, int[] spawns, bool isScript, bool isFinalizer, int scriptsBelow)
        {
            var operands = new OperandMaker(character, dice, beliefs)
            {
                Spawns = spawns,
                IsFinalizer = isFinalizer,
                ScriptsBelow = scriptsBelow,
                Interpreter = index => index == 0 ? 0 : interpreters.Of($"i{index}"),
            };
            var statements = new StatementMaker(character, dice, beliefs, operands) { UseGlobal = index => globalsUsed = Math.Max(globalsUsed, index + 1) };
            return new BodyMaker(character, dice, beliefs, operands, statements) { IsScript = isScript };
        }

        private ImmutableArray<PrebuiltDeclaration> Prebuilts(Beliefs beliefs)
        {
            var prebuilts = ImmutableArray.CreateBuilder<PrebuiltDeclaration>();
            for (var i = 0; i < character.PrebuiltCount; i++)
            {
                var kind = dice.Of<string>(ObjectKinds.Prebuilt);
                var slots = (int?)ObjectKinds.SlotsOf(kind) ?? dice.Of<int>(character.Slots);
                ImmutableArray<int> links = [.. Enumerable.Range(0, slots).Select(_ => dice.Below(character.PrebuiltCount + 2) is var to && to < character.PrebuiltCount ? to : PrebuiltDeclaration.None)];
                prebuilts.Add(new PrebuiltDeclaration($"p{i}", ObjectKinds.All.IndexOf(kind), links, 0));
                beliefs.SetPrebuilt(i, new Belief(kind, slots));
            }

            return prebuilts.ToImmutable();
        }

        private static Block Block(string name, IReadOnlyList<Node> body) => new(name, Labels.OfPlaces(name, body), 0);
    }

    /// <summary>Names in the order of first mention, as the parser numbers interpreters.</summary>
    private sealed class Numbering(string first)
    {
        private readonly List<string> names = [first];

        public ImmutableArray<string> Names => [.. names];

        public int Of(string name)
        {
            var known = names.IndexOf(name);
            if (known >= 0)
                return known;
            names.Add(name);
            return names.Count - 1;
        }
    }
}
