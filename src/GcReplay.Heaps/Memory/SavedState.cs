namespace GcReplay.Heaps.Memory;

/// <summary>A whole state that is kept elsewhere: its pages are read when they are first touched.</summary>
/// <param name="numbers">Of all pages that hold a word other than zero, ascending.</param>
/// <param name="hash">The state hash, as it was when the state was saved.</param>
public abstract class SavedState(ulong[] numbers, ulong hash)
{
    public ulong[] Numbers { get; } = numbers;

    public ulong Hash { get; } = hash;

    /// <summary>Gives the words of a page to <see cref="AddressSpace.Fill"/>, and those of others that cost nothing more.</summary>
    /// <param name="index">Into <see cref="Numbers"/>.</param>
    /// <exception cref="UnreadablePageException">What it is kept in is damaged.</exception>
    public abstract void Read(int index, AddressSpace into);
}

/// <summary>A page of a saved state can not be read. The address space that asked for it is of no use any more.</summary>
public sealed class UnreadablePageException : GcReplayException
{
    public UnreadablePageException(string message)
        : base(message)
    {
    }

    public UnreadablePageException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
