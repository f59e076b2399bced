using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>The place that was kept for an object to move to is not kept any more: it was not marked, and swept, or it went off the map.</summary>
internal sealed class ShadowReasoner : IReasoner
{
    public bool Takes(Inquiry inquiry) => inquiry.Corruption is { Code: "shadow-without-object" };

    public void Explain(Inquiry inquiry)
    {
        var witness = inquiry.Witness;
        var violation = inquiry.Corruption!;
        if ((Freed(witness, violation.About, violation.Event) ?? Unmapped(witness, violation.About, violation.Event)) is not { } verdict)
            return;
        Conclusion.Add(inquiry, violation, verdict, violation.Object == 0 ? [] : [violation.Object]);
    }

    /// <summary>The place was swept, for it was not marked as it was before.</summary>
    public static Verdict? Freed(Witness witness, Address place, long number)
    {
        var view = witness.ViewAt(number);
        if (view.ObjectAt(place) is not { IsRuntime: true, IsLive: false } shadow)
            return null;
        var o = new ObjectName(shadow.Number, true);
        var freed = witness.Debugger.Words.LastFree(place, number, witness.Progress);
        return freed > 0 && witness.IsSweeping(freed) && witness.LastPhaseChange(freed) is > 0 and var end ? Unmarked.Of(witness, o, end) : null;
    }

    /// <summary>An object that has a shadow went off the map.</summary>
    private static Verdict? Unmapped(Witness witness, Address key, long number)
    {
        if (witness.ViewAt(number).ObjectAt(key) is not { IsLive: true } o)
            return null;
        var name = new ObjectName(o.Number, o.IsRuntime);
        // It was well at the end of the operation before: the sanitizer asks at each.
        var (good, bad) = (Math.Max(1, (long)Math.Min(witness.Event(number).Event.A, long.MaxValue)) - 1, number);
        if (!IsMapped(witness, name, good))
            return null;
        while (bad - good > 1)
        {
            var middle = good + (bad - good) / 2;
            if (IsMapped(witness, name, middle))
                good = middle;
            else
                bad = middle;
        }

        return new Verdict(bad, $"{witness.What(bad)}: takes {witness.NameOf(name, bad)} off the map of shadows, although it stays and has one", "its entry was dropped from the map of shadows");
    }

    private static bool IsMapped(Witness witness, ObjectName o, long number)
    {
        var view = witness.ViewAt(number);
        if (view.Object(o.Number, o.IsRuntime) is not { IsLive: true } subject || !view.Holds(view.Tracing.HasShadow!, subject.Entry))
            return true;
        foreach (var instance in view.Instances().Where(i => !i.HasEnded))
        {
            foreach (var map in instance.Layout.Containers.OfType<Map>().Where(map => map.Name == view.Tracing.Shadows))
            {
                if (ContainerView.Of(view, instance.Layout, instance.Address, map).Items().Any(item => item.Value == subject.Address.Value))
                    return true;
            }
        }

        return false;
    }
}
