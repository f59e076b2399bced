using GcReplay.Screen;
using GcReplay.Tests.Debugging;
using GcReplay.Tests.House;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Screen;

/// <summary>Every pane about memory, in every trace of the gallery, of a foreign heap and of each other collector, at every size.</summary>
public sealed class GalleryPaneTests
{
    private const string Program =
        """
        type item = plain
        type text = leaf
        globals list keep
        thread main {
          list = new item 3 "list"
          keep = new text 1 "\u2318 wide 漢字"
          push = new item 2 "a"
          store list 0 f0
          push = new item 2 "b"
          store f0 0 f1
          store f1 1 f0
          drop f1
          drop f0
          collect full
          clear list 0
          collect increment
          collect increment
          collect full
        }
        """;

    private static readonly Pane[] Panes = [Pane.Heap, Pane.Lists, Pane.Object, Pane.Interpreters, Pane.Words];

    public static TheoryData<string> Gallery =>
        [.. Directory.GetFiles(Repository.PathOf("traces"), "*.gctrace", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Repository.PathOf("."), file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Gallery))]
    public void A_trace_of_the_gallery_is_shown_everywhere_at_any_size(string file)
    {
        using var reader = TraceReader.Open(Repository.PathOf(file));

        AssertShown(reader, "start", "goto 30%", "first-bad", "goto failure", "goto end");
    }

    [Theory]
    [InlineData("marksweep")]
    [InlineData("semispace")]
    [InlineData("generational")]
    [InlineData("cpython39")]
    public void Each_collector_is_shown_through_its_layout_alone(string collector) =>
        AssertShown(SimulatedTrace.OfText("any.heap", Program, collector), "goto 20%", "goto 40%", "goto 60%", "goto 80%", "goto end");

    private static void AssertShown(ITraceSource trace, params string[] commands)
    {
        var session = new ScreenSession(trace);
        session.Open();
        foreach (var command in commands)
        {
            session.Execute(command);
            foreach (var pane in Panes)
            {
                foreach (var (width, height) in new[] { (80, 24), (40, 10), (120, 60), (1, 1), (20, 3) })
                    AssertFits(new OnePane(session, pane, width, height), height);
            }
        }
    }

    private static void AssertFits(OnePane pane, int height)
    {
        foreach (var key in new[] { "", "End", "PageUp", "Up", "Home", "t", "v", "e", "a", "p", "r", "-" })
        {
            if (key.Length > 0)
                pane.Press(key);
            Assert.True(pane.Rows.Length <= height || height < 3, $"{pane.Title}: {pane.Rows.Length} rows in {height}");
            Assert.True(pane.Shown.Total == 0 || pane.Shown.First < pane.Shown.Total);
        }
    }
}
