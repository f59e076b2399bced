using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Sanitizers;
using GcReplay.Heaps.Views;
using GcReplay.Simulation.Recording;

namespace GcReplay.Benchmarks;

/// <summary>Asks every sanitizer after every event of a run that must be healthy.</summary>
internal sealed class Checks : IRunObserver
{
    private SanitizerRun? run;

    public void Start(AddressSpace space, Shadow shadow, Layout layout) => run = new SanitizerRun(new HeapView(space, shadow, layout));

    public bool AfterEvent(long number, in Event e)
    {
        if (run!.After(number, e) is [var violation, ..])
            throw new InvalidOperationException(violation.ToString());
        return true;
    }
}
