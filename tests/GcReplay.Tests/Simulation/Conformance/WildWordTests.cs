using CsCheck;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Conformance;
using GcReplay.Simulation.Recording;
using GcReplay.Tests.Heaps.Sanitizers;

namespace GcReplay.Tests.Simulation.Conformance;

/// <summary>What changed tells sanitizers as much as the whole heap also of words that no collector would write.</summary>
public sealed class WildWordTests
{
    private static readonly Lazy<List<ConformanceProgram>> Programs = new(() =>
        [.. ConformanceFiles.Read([ConformanceData.Incminimark]).Where(p => !p.Id.Contains('@'))]);

    [Fact]
    public void Both_forms_agree_when_words_are_corrupted_and_put_right_again() =>
        Gen.Select(Gen.Int[0, 1000], Gen.ULong).Sample(
            (which, seed) =>
            {
                var run = new WildRun(seed);
                new PreparedRun(ConformanceRun.OptionsOf(Programs.Value[which % Programs.Value.Count]), "test").Execute(observer: run);
                return run.Corrupted >= 0;
            },
            iter: 20);

    [Fact]
    public void Wild_words_break_every_promise_that_is_asked_between_operations()
    {
        var codes = new SortedSet<string>();
        foreach (var (program, i) in Programs.Value.Where((_, i) => i % 16 == 0).Select((program, i) => (program, i)))
        {
            var run = new WildRun((ulong)i);
            new PreparedRun(ConformanceRun.OptionsOf(program), "test").Execute(observer: run);
            codes.UnionWith(run.Codes);
        }

        Assert.Equal(
            ["black-to-white", "card-contents", "dead-list", "forwarding-left-behind", "marked-outside-marking", "old-to-young", "shadow-without-object", "use-after-free"],
            codes);
    }

    /// <summary>Corrupts words between operations, asks both forms, puts them right, and asks again.</summary>
    private sealed class WildRun(ulong seed) : IRunObserver
    {
        private BothForms forms = null!;
        private AddressSpace space = null!;
        private HeapView view = null!;
        private ulong drawn;

        public int Corrupted { get; private set; }

        public IEnumerable<string> Codes => forms.First.Keys;

        public void Start(AddressSpace space, Shadow shadow, Layout layout)
        {
            this.space = space;
            view = new HeapView(space, shadow, layout);
            forms = new BothForms(view);
        }

        public bool AfterEvent(long number, in Event e)
        {
            forms.AfterEvent(number, e);
            if (e.Kind != EventKind.OperationEnd || !view.IsIdle() || Draw(6) != 0)
                return true;
            var before = new List<(Address, ulong)>();
            for (var left = 1 + Draw(3); left > 0; left--)
            {
                if (Word() is not { } word)
                    continue;
                before.Add((word, space.Peek(word)));
                space.Poke(word, Value(space.Peek(word)));
                forms.AfterEvent(number, e);
                Corrupted++;
            }

            before.Reverse();
            foreach (var (word, value) in before)
            {
                space.Poke(word, value);
                forms.AfterEvent(number, e);
            }

            return true;
        }

        private int Draw(int n) => (int)(unchecked((seed + ++drawn * 0x9E37_79B9_7F4A_7C15) * 0xBF58_476D_1CE4_E5B9 >> 33) % (ulong)n);

        private Address? Word()
        {
            var gc = view.Instances("IncrementalMiniMarkGC").Single();
            switch (Draw(5))
            {
                case 0:
                    return gc.Address + Draw(gc.Layout.Size / 8) * 8;
                case 1:
                    var container = gc.Layout.Containers[Draw(gc.Layout.Containers.Length)];
                    var items = ContainerView.Of(view, gc.Layout, gc.Address, container).Items().ToList();
                    return items.Count == 0 ? null : items[Draw(items.Count)].Slot;
                default:
                    var objects = view.LiveObjects().ToList();
                    if (objects.Count == 0)
                        return null;
                    var o = objects[Draw(objects.Count)];
                    return Draw(2) == 0 ? o.Address : o.Entry.CellStart + Draw((int)((view.Shadow.CellAt(o.Entry.CellStart)!.Value.Bytes + 7) / 8)) * 8;
            }
        }

        private ulong Value(ulong before)
        {
            switch (Draw(6))
            {
                case 0:
                    return before ^ 1UL << 32 + Draw(13);
                case 1:
                    return before ^ 1UL << Draw(64);
                case 2:
                    return (ulong)Draw(4);
                case 3:
                    return unchecked((ulong)-42);
                case 4:
                    var cells = view.Shadow.Cells().ToList();
                    return cells[Draw(cells.Count)].Start.Value + (ulong)Draw(2) * 8;
                default:
                    var objects = view.LiveObjects().ToList();
                    return objects.Count == 0 ? 0 : objects[Draw(objects.Count)].Address.Value;
            }
        }
    }
}
