namespace GcReplay.Heaps.Views;

/// <summary>Words that allocators, debug hooks and collectors leave behind, so that whoever sees one knows what it saw.</summary>
public static class FillPattern
{
    /// <summary>PyPy's mark of an object that moved away, in place of its header. Source: rpython/memory/gc/incminimark.py, <c>-42</c>.</summary>
    private const ulong Forwarded = unchecked((ulong)-42);

    /// <summary>What a word is filled with, in words; empty when it is no known pattern.</summary>
    /// <remarks>Sources: CPython Objects/obmalloc.c (CLEANBYTE, DEADBYTE and FORBIDDENBYTE; other values up to 3.7), the debug heaps of
    /// Microsoft's C runtime and of Windows.</remarks>
    public static string Of(ulong word)
    {
        if (word == Forwarded)
            return "PyPy: moved away (-42)";
        if (IsForbiddenBehindLetter(word))
            return $"0xFD guard behind '{(char)(word & 0xFF)}'";
        var half = (uint)(word & uint.MaxValue);
        if (word >> 32 != half)
            return "";
        return half switch
        {
            0xCDCDCDCD => "0xCD fresh, never written",
            0xDDDDDDDD => "0xDD freed",
            0xFDFDFDFD => "0xFD guard around a cell",
            0xCBCBCBCB => "0xCB fresh, never written (CPython to 3.7)",
            0xDBDBDBDB => "0xDB freed (CPython to 3.7)",
            0xFBFBFBFB => "0xFB guard around a cell (CPython to 3.7)",
            0xABABABAB => "0xAB guard (Windows heap)",
            0xFEEEFEEE => "0xFEEE freed (Windows heap)",
            0xBAADF00D => "0xBAADF00D fresh (Windows heap)",
            0xDEADBEEF => "0xDEADBEEF",
            _ => "",
        };
    }

    /// <summary>CPython's debug hooks keep the letter of the API in the first byte of the guard in front of a cell.</summary>
    private static bool IsForbiddenBehindLetter(ulong word) =>
        word >> 8 == 0xFDFD_FDFD_FDFD_FD && word != 0xFDFD_FDFD_FDFD_FDFD && char.IsAsciiLetterLower((char)(word & 0xFF));
}
