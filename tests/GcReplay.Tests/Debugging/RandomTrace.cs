using CsCheck;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;

namespace GcReplay.Tests.Debugging;

/// <summary>Traces of everything that changes a state, in any order that a runtime could do it.</summary>
internal static class RandomTrace
{
    private const int Places = 48;
    private static readonly Address Extra = new(0x400000);

    public static readonly Gen<HandMadeTrace> Gen = CsCheck.Gen.Int[0, 1 << 20].Array[0, 300].Select(Make);

    private static HandMadeTrace Make(int[] numbers)
    {
        var trace = new HandMadeTrace();
        trace.MapArena();
        var live = new SortedDictionary<Address, Cell>();
        var left = new List<Address>();
        var born = 0UL;
        var extraMapped = false;
        foreach (var number in numbers)
        {
            var thread = number >> 4 & 1;
            var rest = number >> 5;
            switch (number & 15)
            {
                case 0 or 1 or 2:
                    var start = HandMadeTrace.Arena + rest % Places * 200 * 8;
                    var bytes = (ulong)(1 + rest / Places % 700) * 8;
                    if (live.Values.Any(c => c.Start < start + (long)bytes && start < c.End))
                        break;
                    Allocate(trace, start, bytes, ++born, thread);
                    live[start] = trace.Journal.Shadow.CellAt(start)!.Value;
                    break;
                case 3 or 4 when live.Count > 0:
                    var victim = live.Values.ElementAt(rest % live.Count);
                    trace.Add(EventKind.Counters, thread: thread);
                    trace.Journal.Free(victim);
                    trace.Journal.WriteOwn(victim.Start, (ulong)rest);
                    live.Remove(victim.Start);
                    break;
                case 11 when live.Count > 0:
                    var moving = live.Values.ElementAt(rest % live.Count);
                    var place = HandMadeTrace.Arena + rest / 7 % Places * 200 * 8;
                    if (live.Values.Any(c => c.Start < place + (long)moving.Bytes && place < c.End))
                        break;
                    trace.Add(EventKind.Counters, thread: thread);
                    trace.Journal.Allocate(place, moving.Bytes, 0, 0);
                    trace.Add(EventKind.Move, moving.Start.Value, place.Value, moving.Bytes, thread: thread);
                    trace.Journal.WriteOwn(moving.Start, place.Value);
                    live.Remove(moving.Start);
                    live[place] = trace.Journal.Shadow.CellAt(place)!.Value;
                    left.Add(moving.Start);
                    break;
                case 12 when left.Count > 0:
                    var old = left[rest % left.Count];
                    left.Remove(old);
                    if (trace.Journal.Shadow.CellAt(old) is { State: CellState.Forwarded } forwarded && forwarded.Start == old)
                        trace.Journal.Free(forwarded);
                    break;
                case 5 or 6 when trace.Depth(thread) < 5:
                    trace.Begin((EventKind)(1 + rest % 4 * 2), (ulong)(rest % 3), thread);
                    break;
                case 7 or 8 when trace.Depth(thread) > 0:
                    trace.End(thread);
                    break;
                case 9:
                    trace.Add(EventKind.ThreadSwitch, (ulong)trace.Journal.Shadow.CurrentThread, (ulong)(rest % 3), thread: thread);
                    break;
                case 10 when extraMapped:
                    trace.Add(EventKind.Setup, thread: thread);
                    trace.Journal.Unmap(Extra, 2 * AddressSpace.PageBytes);
                    extraMapped = false;
                    break;
                case 10:
                    trace.Add(EventKind.Setup, thread: thread);
                    trace.Journal.Map(Extra, 2 * AddressSpace.PageBytes);
                    trace.Journal.WriteOwn(Extra + rest % 1024 * 8, (ulong)number);
                    extraMapped = true;
                    break;
                default:
                    trace.Add((EventKind)(20 + rest % 7), (ulong)rest, thread: thread);
                    var word = (extraMapped && rest % 3 == 0 ? Extra : HandMadeTrace.Arena) + rest % 1024 * 8;
                    trace.Journal.Write(word, (ulong)(rest / 7));
                    if (rest % 5 == 0)
                        trace.Journal.Write(word, (ulong)(rest / 9));
                    break;
            }
        }

        return trace.Done();
    }

    private static void Allocate(HandMadeTrace trace, Address start, ulong bytes, ulong number, int thread)
    {
        trace.Add(EventKind.Counters, thread: thread);
        var runtime = number % 7 == 0 ? Shadow.RuntimeFlag : 0;
        trace.Journal.Allocate(start, bytes, number | runtime, ObjectEntry.Descriptor(0, 0, 0, 0));
        trace.Journal.WriteOwn(start, number);
    }
}
