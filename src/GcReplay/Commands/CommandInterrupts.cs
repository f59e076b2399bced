namespace GcReplay.Commands;

/// <summary>While it lives, Ctrl+C ends the debugger command that runs, and not the session.</summary>
internal sealed class CommandInterrupts : IDisposable
{
    private static CommandInterrupts? active;

    private CancellationTokenSource current = new();

    public CommandInterrupts() => active = this;

    public static bool IsActive => active is not null;

    /// <summary>Cancels the command that runs in the session.</summary>
    public static void Interrupt() => active?.current.Cancel();

    /// <summary>A token that only the next command is cancelled by.</summary>
    public CancellationToken ForNextCommand()
    {
        current = new CancellationTokenSource();
        return current.Token;
    }

    public void Dispose() => active = null;
}
