using CsCheck;
using GcReplay.Heaps.Events;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;

namespace GcReplay.Tests.Heaps.Views;

public class MembershipIndexTests
{
    private const int Objects = 8;

    [Fact]
    public void It_agrees_with_the_full_pass_after_every_event_forwards_and_backwards() =>
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, Objects - 1], Gen.Int[0, 5], Gen.Int[0, 5]).Array[1, 60].Sample(Agrees, iter: 100);

    [Fact]
    public void Before_its_first_event_it_is_invalid()
    {
        var heap = new TestHeap();
        var a = heap.Object("node", 0);
        var index = MembershipIndex.Build(heap.View);
        heap.Link(TestHeap.Generation(heap.Main, 0), a);
        index.Apply(heap.Last);
        Assert.Equal(TestHeap.Generation(heap.Main, 0), index.HeadOf(a));

        index.Revert(heap.StepBack());
        Assert.True(index.IsValid && index.HeadOf(a).IsNull);
        index.Revert(heap.StepBack());
        Assert.False(index.IsValid);
    }

    [Fact]
    public void After_a_crash_only_words_tell_until_it_is_taken_back()
    {
        var heap = new TestHeap();
        var index = MembershipIndex.Build(heap.View);
        heap.Do(EventKind.Crash);
        index.Apply(heap.Last);
        Assert.False(index.IsValid || index.IsLost);

        index.Revert(heap.StepBack());
        Assert.True(index.IsValid);
    }

    [Fact]
    public void It_forgets_what_is_too_far_back_and_says_so()
    {
        var heap = new TestHeap();
        var a = heap.Object("node", 0);
        var index = MembershipIndex.Build(heap.View, undoMax: 2);
        for (var i = 0; i < 8; i++)
        {
            heap.Link(TestHeap.Generation(heap.Main, 0), a);
            index.Apply(heap.Last);
            heap.Unlink(a);
            index.Apply(heap.Last);
        }

        while (index.IsValid && heap.LastEvent > 0)
            index.Revert(heap.StepBack());

        Assert.False(index.IsValid);
    }

    [Fact]
    public void A_view_with_an_index_shows_the_same_owners()
    {
        var heap = new TestHeap();
        var sub = heap.Interpreter("sub");
        var a = heap.Object("node", 0);
        heap.View.Membership = MembershipIndex.Build(heap.View);
        heap.Link(TestHeap.Generation(sub, 1), a);
        heap.View.Membership.Apply(heap.Last);
        heap.EndInterpreter(sub);

        Assert.Equal("sub.generation1", heap.View.ObjectAt(a)!.List!.Name);
        Assert.Equal(new Owner(1, true), heap.View.ObjectAt(a)!.Owner);
    }

    private static void Agrees((int Action, int Object, int From, int To)[] actions)
    {
        var heap = new TestHeap();
        var sub = heap.Interpreter("sub");
        Address List(int i) => TestHeap.Generation(i < 3 ? heap.Main : sub, i % 3);
        var objects = Enumerable.Range(0, Objects).Select(_ => heap.Object("node", 0)).ToArray();
        foreach (var o in objects[..4])
            heap.Link(List(0), o);
        var start = heap.LastEvent;
        var index = MembershipIndex.Build(heap.View);
        heap.After = (_, e) =>
        {
            index.Apply(e);
            Same(heap, index);
        };
        foreach (var (action, o, from, to) in actions)
            Act(heap, action, ref objects[o], List(from), List(to));

        heap.After = null;
        while (heap.LastEvent > start)
        {
            index.Revert(heap.StepBack());
            Same(heap, index);
        }

        Assert.True(index.IsValid);
    }

    private static void Act(TestHeap heap, int action, ref Address o, Address from, Address to)
    {
        var isLinked = heap.Read(o - 16) != 0;
        switch (action)
        {
            case 0 or 1 when !isLinked:
                heap.Link(to, o);
                break;
            case 1 when isLinked:
                heap.Relink(o, to);
                break;
            case 2 when isLinked:
                heap.Unlink(o);
                break;
            case 3 or 4 when from != to:
                heap.Splice(from, to);
                break;
            case 5:
                heap.InitList(to);
                break;
            case 6 when !isLinked:
                heap.Free(o);
                o = heap.Object("node", 0, at: o - 16);
                break;
            default:
                break;
        }
    }

    private static void Same(TestHeap heap, MembershipIndex index)
    {
        var truth = heap.View.FullPass().ToDictionary(p => p.Object, p => p.Head);
        foreach (var o in heap.View.LiveObjects())
            Assert.Equal(truth.GetValueOrDefault(o.Address), index.HeadOf(o.Address));
    }
}
