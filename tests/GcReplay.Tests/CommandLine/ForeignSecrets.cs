using System.Collections.Immutable;
using System.Text;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.CommandLine;

/// <summary>A trace as some other runtime's recorder might write it, with a secret of eight bytes in every name and wherever words can lie:
/// in objects, dead objects, buffers, structs of the runtime, and memory that nobody allocated.</summary>
internal static class ForeignSecrets
{
    private const ulong Root = 0x10000;
    private const ulong Nodes = 0x11000;
    private const ulong NodeBytes = 56;
    private const ulong Bits = 0x12000;

    /// <summary>What follows the secret in each name.</summary>
    public static readonly string[] Places =
    [
        "tool", "file", "text", "collector", "revision", "allocator", "key", "value", "plugin", "version", "hash", "label", "block", "statement",
        "thread", "root", "node", "phase", "mark", "list", "bitmap", "field", "flag", "type", "site", "reason", "name", "region", "interpreter",
        "script", "code", "message", "signature", "choice-label", "choice-site",
    ];

    public static void Write(string path, string secret)
    {
        var word = BitConverter.ToUInt64(Encoding.ASCII.GetBytes(secret));
        using var writer = new TraceWriter(path, Header(secret));
        var state = new AddressSpace();
        var block = new EventBlock(64) { FirstEvent = 1 };

        Add(EventKind.Map, Root, 0x4000);
        Add(EventKind.ListInit, Root + 8);
        Poke(Root + 8, Root + 8, Root + 16, Root + 8, Root + 32, word, Root + 40, Bits, Root + 48, Nodes, Root + 56, 0x1000);
        // An object that dies, whose bytes stay, and a buffer that no object is in.
        Add(EventKind.Allocate, Nodes + 0x800, NodeBytes, 1, ObjectEntry.Descriptor(0, 1, 0, 0));
        Poke(Nodes + 0x828, word, Nodes + 0x830, word);
        Add(EventKind.Free, Nodes + 0x800, NodeBytes, 1);
        Add(EventKind.Store, 0, 0x13000);
        Poke(0x13000, word, 0x13008, word);
        Add(EventKind.OperationBegin);
        Add(EventKind.OperationEnd, 6, word, 1);
        for (var i = 0UL; i < 2; i++)
        {
            var node = Nodes + i * NodeBytes;
            Add(EventKind.Allocate, node, NodeBytes, i + 2, ObjectEntry.Descriptor(0, 1, 0, 0));
            var last = state.Peek(new Address(Root + 16));
            Add(EventKind.Link, Root + 8, node);
            Poke(node, Root + 8, node + 8, last, last, node, Root + 16, node);
            Add(EventKind.Store, node, node + 40);
            Poke(node + 40, word, node + 48, word);
        }

        Add(EventKind.RootStore, Root + 24, Nodes);
        Poke(Root + 24, Nodes);
        Add(EventKind.Setup, Root);
        Poke(Root, 1, Root + 32, word + 1, Bits, 1UL << 7 | 1UL << 40);
        Add(EventKind.Mark, Nodes);
        Poke(Nodes + 16, 1, Bits, 1UL << 40);
        Add(EventKind.OperationBegin);
        var begin = block.LastEvent;
        Add(EventKind.Store, Nodes, Nodes + 24, Nodes + NodeBytes);
        Poke(Nodes + 24, Nodes + NodeBytes);
        Add(EventKind.OperationEnd, (ulong)begin, word, 1);
        var events = block.LastEvent;
        writer.Take(block, state);
        writer.Finish(
            new TraceOutcome
            {
                Status = RunStatus.Failure, Events = events, Operations = 2, ContentHash = 0, StateHash = state.Hash, DefaultedChoices = 0,
                Failure = new RunFailure("violation", $"{secret}code", events, $"{secret}message", $"{secret}signature"),
            },
            [new RecordedChoice(0, $"{secret}choice-label", 1, $"{secret}choice-site", 0, 2, 1)]);

        void Add(EventKind kind, ulong a = 0, ulong b = 0, ulong c = 0, ulong d = 0) => block.Add(new Event(kind, 0, 0, a, b, c, d));

        void Poke(params ulong[] words)
        {
            for (var i = 0; i < words.Length; i += 2)
                block.AddChange(new Address(words[i]), state.Poke(new Address(words[i]), words[i + 1]));
        }
    }

    private static TraceHeader Header(string secret)
    {
        var marking = Condition.InPhase($"{secret}mark");
        var layout = new Layout
        {
            Collector = $"{secret}collector",
            Revision = $"{secret}revision",
            Root = new Address(Root),
            RootStruct = $"{secret}root",
            Structs =
            [
                new StructLayout(
                    $"{secret}root", StructRole.Root, 64,
                    [
                        Field.Word($"{secret}phase-field", 0, FieldRole.Phase), Field.Word($"{secret}root-field", 24, FieldRole.Owned),
                        Field.Word($"{secret}number", 32, FieldRole.Integer), Field.Word($"{secret}base", 48, FieldRole.Integer),
                        Field.Word($"{secret}bytes", 56, FieldRole.Integer),
                    ],
                    [
                        new LinkedList($"{secret}list", 8, 0, 8, 0, 0, true, [$"{secret}phase"]) { GarbageAt = [$"{secret}phase"] },
                        new Bitmap($"{secret}bitmap", 40, $"{secret}base", $"{secret}bytes", 8),
                    ]),
                new StructLayout(
                    $"{secret}node", StructRole.Object, (int)NodeBytes,
                    [
                        Field.Word("next", 0, FieldRole.Link), Field.Word("prev", 8, FieldRole.Link), Field.Flag($"{secret}flag", 16, 0),
                        new Field($"{secret}field", 24, 0, 64, [new Meaning(FieldRole.Owned, Condition.Always, $"{secret}node")]),
                        Field.Word($"{secret}integer", 40, FieldRole.Integer),
                    ],
                    []),
            ],
            Types = [new ObjectType($"{secret}type", $"{secret}node", 0, true)],
            Colours =
            [
                new ColourRule(Colour.Black, Condition.WhenSet($"{secret}flag")), new ColourRule(Colour.Grey, Condition.WhenOn($"{secret}bitmap")),
                new ColourRule(Colour.White, marking),
            ],
            Phases = [$"{secret}phase", $"{secret}mark"],
            Sites = [new Site("", ""), new Site($"{secret}site", $"{secret}reason")],
            Names = ["", $"{secret}name"],
            Regions = [new Region($"{secret}region", new Address(Nodes), new Address(Nodes + 0x1000))],
            Interpreters = [$"{secret}interpreter"],
            Scripts = [$"{secret}script"],
            Tracing = new TracingRules { LiveLists = [$"{secret}list"] },
        };
        return new TraceHeader
        {
            ToolVersion = $"{secret}tool",
            ProgramName = $"{secret}file",
            ProgramText = $"{secret}text",
            Collector = layout.Collector,
            Revision = layout.Revision,
            PlugIn = new PlugInNote($"{secret}plugin", $"{secret}version", $"{secret}hash"),
            Allocator = $"{secret}allocator",
            Seed = 0,
            IsChaos = true,
            Parameters = ImmutableSortedDictionary<string, string>.Empty.Add($"{secret}key", $"{secret}value"),
            Layout = layout,
            Operations = [new OperationText($"{secret}label", $"{secret}block", 1, $"{secret}statement")],
            Threads = [$"{secret}thread"],
        };
    }
}
