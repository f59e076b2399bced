using CsCheck;
using GcReplay.Heaps.Memory;

namespace GcReplay.Tests.Heaps.Sanitizers;

public class HeapIndexTests
{
    private const int Objects = 6;

    [Fact]
    public void A_healthy_heap_is_never_suspected()
    {
        var heap = new TestHeap();
        var forms = new BothForms(heap.View);
        heap.After = (number, e) => forms.AfterEvent(number, e);
        var sub = heap.Interpreter("sub");
        var a = heap.Rooted(0, "node", 2, "a");
        heap.Operation(() => heap.Store(a, 0, heap.Rooted(1)));
        heap.Operation(() => heap.Splice(TestHeap.Generation(heap.Main, 0), TestHeap.Generation(heap.Main, 2)));
        heap.EndInterpreter(sub);
        heap.Operation();

        Assert.Equal((0, 0), (forms.FalseAlarms, forms.First.Count));
        Assert.InRange(forms.Questions, 15, 100);
    }

    [Fact]
    public void It_finds_what_the_whole_heap_shows_after_any_actions() => Sample(wildWrites: false, iter: 60);

    [Fact]
    public void It_finds_what_the_whole_heap_shows_after_any_words_were_corrupted() => Sample(wildWrites: true, iter: 120);

    private static void Sample(bool wildWrites, int iter) =>
        Gen.Select(Gen.Int[0, wildWrites ? 12 : 9], Gen.Int[0, Objects - 1], Gen.Int[0, 200], Gen.Int[0, 200]).Array[1, 40].Sample(Agrees, iter: iter);

    private static void Agrees((int Action, int Object, int From, int To)[] actions)
    {
        var heap = new TestHeap();
        var sub = heap.Interpreter("sub");
        Address List(int i) => TestHeap.Generation(i % 6 < 3 ? heap.Main : sub, i % 3);
        var objects = Enumerable.Range(0, Objects).Select(i => heap.Object(i == 1 ? "leaf" : "node", 2)).ToArray();
        foreach (var o in objects[2..])
            heap.Link(List(0), o);
        var start = heap.LastEvent;
        var forms = new BothForms(heap.View);
        heap.After = (number, e) => forms.AfterEvent(number, e);
        foreach (var (action, o, from, to) in actions)
            heap.Operation(() => Act(heap, action, objects, o, from, to, List));
        while (heap.LastEvent > start)
        {
            heap.StepBack();
            forms.Follow();
        }
    }

    private static void Act(TestHeap heap, int action, Address[] objects, int index, int from, int to, Func<int, Address> list)
    {
        var o = objects[index];
        var isGc = index != 1;
        var isLinked = isGc && heap.Read(o - 16) != 0;
        switch (action)
        {
            case 0 when isGc && !isLinked:
                heap.Link(list(to), o);
                break;
            case 1 when isLinked:
                heap.Relink(o, list(to));
                break;
            case 2 when isLinked:
                heap.Unlink(o);
                break;
            case 3 when list(from) != list(to):
                heap.Splice(list(from), list(to));
                break;
            case 4:
                heap.Store(o, from % 2, objects[to % Objects]);
                break;
            case 5:
                heap.Global(from % 4, to % 3 == 0 ? default : o);
                break;
            case 6 when !isLinked:
                heap.Free(o);
                objects[index] = heap.Object(isGc ? "node" : "leaf", 2, at: isGc ? o - 16 : o);
                break;
            case 7 when from % 8 == 0:
                heap.Free(o);
                break;
            case 8 when from % 4 == 0:
                heap.Operation();
                break;
            case 9 when from % 16 == 0 && heap.Shadow.CellAt(list(3)) is { State: CellState.Live }:
                heap.EndInterpreter(list(3) - 32);
                break;
            case > 9:
                heap.Write(Place(heap, o, from, list), Value(objects, to, list));
                break;
            default:
                break;
        }
    }

    private static Address Place(TestHeap heap, Address o, int pick, Func<int, Address> list) => (pick % 8) switch
    {
        0 => list(pick) + pick / 8 % 2 * 8,
        1 => TestHeap.Root + pick / 8 % 8 * 8,
        2 => heap.Main + pick / 8 % 20 * 8,
        _ => o - 16 + pick / 8 % 7 * 8,
    };

    private static ulong Value(Address[] objects, int pick, Func<int, Address> list)
    {
        var o = objects[pick / 8 % Objects];
        return (pick % 8) switch
        {
            0 => 0,
            1 => (ulong)(pick / 8),
            2 => list(pick / 8).Value,
            3 => o.Value,
            4 => o.Value - 8,
            5 => 0xDDDD_DDDD_DDDD_DDDD,
            6 => 0x7000_0000,
            _ => o.Value - 16,
        };
    }
}
