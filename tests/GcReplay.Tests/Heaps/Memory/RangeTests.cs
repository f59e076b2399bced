using CsCheck;
using GcReplay.Heaps.Memory;

namespace GcReplay.Tests.Heaps.Memory;

/// <summary>Many words at once are the same as one after the other.</summary>
public sealed class RangeTests
{
    private static readonly Gen<(ulong Start, ulong Words, ulong Value)> Ranges = Gen.Select(Gen.ULong[0, 3000], Gen.ULong[0, 2000], Gen.ULong[0, 2]);

    [Fact]
    public void A_range_is_written_as_its_words_are() =>
        Ranges.List[1, 20].Sample(ranges =>
        {
            var (atOnce, oneByOne) = (new AddressSpace(), new AddressSpace());
            var (logAtOnce, logOneByOne) = (atOnce.Watch(), oneByOne.Watch());
            foreach (var (start, words, value) in ranges)
            {
                atOnce.Repeat(new Address(start * 8), words, value);
                for (var i = 0UL; i < words; i++)
                    oneByOne.Poke(new Address((start + i) * 8), value);
            }

            Assert.Equal(oneByOne.Hash, atOnce.Hash);
            Assert.Equal(atOnce.ComputeHash(), atOnce.Hash);
            Assert.Equal(Written(logOneByOne), Written(logAtOnce));
        });

    [Fact]
    public void A_range_is_zeroed_as_its_words_are() =>
        Ranges.List[1, 20].Sample(ranges =>
        {
            var (atOnce, oneByOne) = (new AddressSpace(), new AddressSpace());
            foreach (var (start, words, value) in ranges)
            {
                atOnce.Poke(new Address(start * 8), value + 1);
                oneByOne.Poke(new Address(start * 8), value + 1);
                var written = oneByOne.NonZeroWords(new Address(words * 8), start * 8);
                written.ForEach(address => oneByOne.Poke(address, 0));
                Assert.Equal((ulong)written.Count, atOnce.Zero(new Address(words * 8), start * 8));
            }

            Assert.Equal(oneByOne.Hash, atOnce.Hash);
        });

    private static List<(ulong, string)> Written(ChangeLog log) =>
        [.. log.Pages.ToArray().OrderBy(page => page.Number).Select(page => (page.Number, string.Join(' ', page.Bits.ToArray())))];
}
