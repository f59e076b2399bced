namespace GcReplay.Heaps;

/// <summary>The input is wrong: a program, a trace, an argument, a disk. The message says what, where, what was expected and what
/// to do next; it is caught once, in <c>App</c>, and printed without a stack trace.</summary>
public class GcReplayException : Exception
{
    public GcReplayException(string message) : base(message)
    {
    }

    public GcReplayException(string message, Exception inner) : base(message, inner)
    {
    }
}
