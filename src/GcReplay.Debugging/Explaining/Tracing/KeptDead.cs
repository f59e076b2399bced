using GcReplay.Debugging.Provenance;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Explaining.Tracing;

/// <summary>What was named after its death had died rightly: the collector filed it somewhere when it was white already and stayed so, where others that it
/// files there were reached.</summary>
internal static class KeptDead
{
    /// <summary>So many others are compared: the nearest.</summary>
    private const int PeersMax = 40;

    /// <summary>Null when the object lives, died wrongly, or others like it are filed there as well.</summary>
    public static Verdict? Of(Witness witness, ObjectName victim, long number)
    {
        if (victim.Number == 0 || witness.Debugger.Objects.Find(victim, witness.Progress) is not { Death: > 0 } life || life.Death > number || life.Death <= witness.Debugger.Timeline.Start
            || witness.ViewAt(life.Death - 1) is var before && (before.Object(victim.Number, victim.IsRuntime) is not { IsLive: true } dying || before.IsReachable(dying)))
            return null;
        foreach (var push in witness.Dealings.With(victim, Math.Max(life.Birth, witness.Debugger.Timeline.Start) + 1, life.Death).Where(d => d.Kind == EventKind.Push).Reverse())
        {
            if (ColourBefore(witness, push.Number) != Colour.White || witness.ViewAt(push.Number).Object(victim.Number, victim.IsRuntime)?.Colour != Colour.White)
                continue;
            var peers = witness.PeersOf(push.Number, PeersMax).OrderBy(n => Math.Abs(n - push.Number)).ToList();
            if (!peers.TrueForAll(n => ColourBefore(witness, n) is Colour.Grey or Colour.Black))
                continue;
            var verdict = new Verdict(
                push.Number, $"{witness.What(push.Number)}: it is white and stays so, and is kept there although it will be swept{(peers.Count > 0 ? "; what is kept there elsewhere was reached" : "")}",
                "a dead object was kept");
            return peers.Count == 0 ? verdict : verdict.With(new ChainLink(peers[0], ChainRole.Evidence, $"{witness.What(peers[0])}: this one was reached"));
        }

        return null;
    }

    private static Colour ColourBefore(Witness witness, long push) =>
        witness.ViewAt(push - 1).ObjectAt(new Address(witness.Event(push).Event.B))?.Colour ?? Colour.None;
}
