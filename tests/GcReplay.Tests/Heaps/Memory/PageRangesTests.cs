using CsCheck;
using GcReplay.Heaps.Memory;

namespace GcReplay.Tests.Heaps.Memory;

public class PageRangesTests
{
    [Fact]
    public void It_is_a_set_of_pages() =>
        Gen.Select(Gen.Bool, Gen.ULong[0, 40], Gen.ULong[0, 12]).Array[0, 40].Sample(changes =>
        {
            var ranges = new PageRanges();
            var model = new SortedSet<ulong>();
            foreach (var (adds, start, length) in changes)
            {
                if (adds)
                    ranges.Add(start, start + length + 1);
                else
                    ranges.Remove(start, start + length + 1);
                for (var page = start; page <= start + length; page++)
                    _ = adds ? model.Add(page) : model.Remove(page);
            }

            Assert.Equal(model, Enumerable.Range(0, 60).Select(page => (ulong)page).Where(ranges.Contains));
        }, iter: 2000);
}
