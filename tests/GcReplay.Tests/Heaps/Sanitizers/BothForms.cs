using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Sanitizers.Indexes;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Recording;

namespace GcReplay.Tests.Heaps.Sanitizers;

/// <summary>Asks every sanitizer in both forms wherever it must hold: what the index suspects, and the whole heap. Both must find
/// the same violations, and the index must equal one that is built from all words.</summary>
internal sealed class BothForms : IRunObserver
{
    private readonly long eventsMax;
    private readonly int builtEvery;
    private int followed;
    private HeapView whole = null!;
    private HeapView pinned = null!;
    private HeapIndex index = null!;

    private BothForms(long eventsMax, int builtEvery)
    {
        this.eventsMax = eventsMax;
        this.builtEvery = builtEvery;
    }

    public BothForms(HeapView view)
        : this(long.MaxValue, 1) =>
        Start(view.Space, view.Shadow, view.Layout);

    /// <summary>How often a sanitizer was asked.</summary>
    public int Questions { get; private set; }

    /// <summary>How often the index suspected a heap that was well: correct, but it costs a look at the whole heap.</summary>
    public int FalseAlarms => Alarms.Values.Sum();

    /// <summary>The same by sanitizer.</summary>
    public SortedDictionary<string, int> Alarms { get; } = [];

    /// <summary>The first violation of each sanitizer, by its name.</summary>
    public SortedDictionary<string, Violation> First { get; } = [];

    /// <summary>Runs a program and compares at every event.</summary>
    /// <param name="eventsMax">The run is stopped after so many.</param>
    /// <param name="builtEvery">Each so many times that the index follows, it is compared with one built from all words.</param>
    public static BothForms Of(RunOptions options, long eventsMax = long.MaxValue, int builtEvery = 1)
    {
        var forms = new BothForms(eventsMax, builtEvery);
        new PreparedRun(options, "test").Execute(observer: forms);
        return forms;
    }

    public void Start(AddressSpace space, Shadow shadow, Layout layout)
    {
        whole = new HeapView(space, shadow, layout);
        pinned = new HeapView(space, shadow, layout);
        index = new HeapIndex(pinned);
    }

    public bool AfterEvent(long number, in Event e)
    {
        var isCurrent = false;
        foreach (var sanitizer in GcReplay.Heaps.Sanitizers.Sanitizers.Of(whole))
        {
            if (!sanitizer.Kinds.Contains(e.Kind) || !sanitizer.HoldsAfter(e, whole))
                continue;
            if (!isCurrent)
                Follow();
            isCurrent = true;
            Compare(sanitizer, number, e);
        }

        return number < eventsMax;
    }

    /// <summary>Compares the index with one that is built from all words, at whatever state the words are.</summary>
    public void Follow()
    {
        index.Follow();
        if (followed++ % builtEvery != 0)
            return;
        var built = new HeapIndex(new HeapView(whole.Space, whole.Shadow, whole.Layout), follows: false);
        Assert.Equal(built.Contents(), index.Contents());
    }

    private void Compare(ISanitizer sanitizer, long number, in Event e)
    {
        Questions++;
        var expected = sanitizer.Check(whole, e, number).ToList();
        var maySuspect = sanitizer.MayFail(index, e);
        var found = maySuspect ? sanitizer.Check(pinned, e, number).ToList() : [];
        Assert.Equal(expected, found);
        if (maySuspect && expected.Count == 0)
            Alarms[sanitizer.Name] = Alarms.GetValueOrDefault(sanitizer.Name) + 1;
        if (expected.Count > 0)
            First.TryAdd(sanitizer.Name, expected[0]);
    }
}
