using GcReplay.Debugging.Timelines;
using GcReplay.Heaps.Memory;
using GcReplay.Heaps.Views;
using GcReplay.Tests.Heaps;

namespace GcReplay.Tests.Debugging;

public class HeaderTests
{
    [Theory]
    [InlineData("cycles.heap", "cpython39")]
    [InlineData("nested.heap", "cpython39@gh-92036")]
    [InlineData("deaths.heap", "cpython39")]
    public void Headers_of_a_healthy_run_decode_at_every_event(string program, string collector)
    {
        var timeline = new Timeline(SimulatedTrace.Of($"tests/GcReplay.Tests/Transcripts/{program}", collector, "glibc"));
        for (var position = 1L; position <= timeline.EventCount; position++)
        {
            timeline.MoveTo(position);
            Assert.All(timeline.View.LiveObjects(), o => Assert.True(Header.FaultOf(timeline.View, o) is null, $"event {position}: {o}"));
        }
    }

    [Fact]
    public void A_type_that_is_none_or_another_is_a_fault()
    {
        var heap = new TestHeap();
        var o = heap.Rooted(0);
        Assert.Null(FaultOf(heap, o));

        heap.Write(o + 8, heap.Read(o + 8) + 1);
        Assert.Equal("ob_type", FaultOf(heap, o)!.Field);
        heap.Write(o + 8, 0xDDDD_DDDD_DDDD_DDDD);
        Assert.Contains("is no type", FaultOf(heap, o)!.Message);
    }

    [Fact]
    public void A_count_beyond_all_words_of_the_process_is_a_fault_and_a_wrong_one_is_none()
    {
        var heap = new TestHeap();
        var o = heap.Rooted(0);

        heap.Write(o, 7);
        Assert.Null(FaultOf(heap, o));
        heap.Write(o, ulong.MaxValue);
        Assert.Equal("ob_refcnt", FaultOf(heap, o)!.Field);
    }

    [Fact]
    public void A_link_to_what_has_no_links_is_a_fault_and_one_to_the_dead_is_none()
    {
        var heap = new TestHeap();
        var (a, b) = (heap.Rooted(0), heap.Rooted(1));

        heap.Free(b);
        Assert.Null(FaultOf(heap, a));
        heap.Write(a - 16, TestHeap.Root.Value);
        Assert.Equal("_gc_next", FaultOf(heap, a)!.Field);
    }

    [Fact]
    public void The_event_that_destroyed_a_header_is_found_whatever_was_written_since()
    {
        var debugger = new GcReplay.Debugging.Debugger(SimulatedTrace.Of("tests/GcReplay.Tests/Transcripts/header.heap", "cpython39@7247407", "glibc"));
        debugger.Execute("goto end");
        debugger.Execute("break Unlink");
        debugger.Execute("reverse-continue");
        while (debugger.Timeline.View.ObjectAt(new Address(debugger.Timeline.EventAt(debugger.Timeline.Position).Event.A))?.Number != 1)
            debugger.Execute("reverse-continue");
        var destroyer = debugger.Timeline.Position;
        debugger.Execute("break line 16");
        debugger.Execute("continue");

        var header = debugger.Execute("object #3").Data["header"]!;

        Assert.Equal(destroyer, (long)header["destroyedBy"]!);
        Assert.Equal("plain", (string)header["lastGood"]!["ob_type"]!);
    }

    private static HeaderFault? FaultOf(TestHeap heap, Address o) => Header.FaultOf(heap.View, heap.View.ObjectAt(o)!);
}
