using GcReplay.Heaps.Views;

namespace GcReplay.Tests.Heaps.Views;

public class FillPatternTests
{
    [Theory]
    [InlineData(0xDDDD_DDDD_DDDD_DDDD, "0xDD freed")]
    [InlineData(0xCDCD_CDCD_CDCD_CDCD, "0xCD fresh, never written")]
    [InlineData(0xFDFD_FDFD_FDFD_FDFD, "0xFD guard around a cell")]
    [InlineData(0xFDFD_FDFD_FDFD_FD6F, "0xFD guard behind 'o'")]
    [InlineData(0xDBDB_DBDB_DBDB_DBDB, "0xDB freed (CPython to 3.7)")]
    [InlineData(0xFFFF_FFFF_FFFF_FFD6, "PyPy: moved away (-42)")]
    [InlineData(0x0000_5555_5575_71A0, "")]
    [InlineData(0, "")]
    public void Words_that_allocators_and_collectors_leave_behind_are_known(ulong word, string text) => Assert.Equal(text, FillPattern.Of(word));
}
