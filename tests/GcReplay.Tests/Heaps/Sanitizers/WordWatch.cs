using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Heaps.Sanitizers;

/// <summary>Runs a program with all sanitizers, and corrupts one word of it as soon as there is one that fits.</summary>
internal sealed class WordWatch : IRunObserver
{
    private readonly Func<HeapView, (Address Word, ulong Value)?> pick;
    private readonly bool goesOn;
    private AddressSpace space = null!;
    private HeapView view = null!;
    private SanitizerRun run = null!;

    private WordWatch(Func<HeapView, (Address Word, ulong Value)?> pick, bool goesOn)
    {
        this.pick = pick;
        this.goesOn = goesOn;
    }

    /// <summary>The event after which the word was corrupted; 0 when none fitted.</summary>
    public long CorruptedAfter { get; private set; }

    public IReadOnlyList<Violation> Violations => run.Violations;

    public RunResult Result { get; private set; } = null!;

    /// <summary>Corrupts nothing.</summary>
    public static WordWatch Of(RunOptions options) => Of(options, _ => null);

    /// <param name="pick">The word and its new value; null where none fits. Asked between operations.</param>
    /// <param name="goesOn">Whether the run goes on with the corrupted word; otherwise sanitizers are asked once more, and it stops.</param>
    public static WordWatch Of(RunOptions options, Func<HeapView, (Address Word, ulong Value)?> pick, bool goesOn = false)
    {
        var watch = new WordWatch(pick, goesOn);
        watch.Result = new PreparedRun(options, "test").Execute(observer: watch);
        return watch;
    }

    public void Start(AddressSpace space, Shadow shadow, Layout layout)
    {
        this.space = space;
        view = new HeapView(space, shadow, layout);
        run = new SanitizerRun(view);
    }

    public bool AfterEvent(long number, in Event e)
    {
        run.After(number, e);
        if (CorruptedAfter > 0 || e.Kind != EventKind.OperationEnd || !view.IsIdle() || pick(view) is not var (word, value))
            return true;
        Assert.Empty(run.Violations);
        CorruptedAfter = number;
        space.Poke(word, value);
        if (!goesOn)
            run.After(number, e);
        return goesOn;
    }
}
