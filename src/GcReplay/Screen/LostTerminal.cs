using System.Runtime.InteropServices;

namespace GcReplay.Screen;

/// <summary>Ends the process when its terminal is gone. The screen's own loop can not be relied on for that: without a terminal, the
/// toolkit reads an end of file for ever, and waits for that reading to finish before it gives control back.</summary>
/// <remarks>A screen only reads, so nothing is lost. The end comes whether the hang-up is signalled or not.</remarks>
internal sealed class LostTerminal : IDisposable
{
    private const int StandardInput = 0;

    /// <summary>How often is asked; and how long after a hang-up the screen has to end on its own.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Timer watch;
    private readonly PosixSignalRegistration hangUp;
    private volatile bool isHungUp;

    /// <param name="end">Asks the screen to end; called on another thread.</param>
    public LostTerminal(Action end)
    {
        hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            isHungUp = true;
            end();
        });
        watch = new Timer(_ => Look(), null, Period, Period);
    }

    public void Dispose()
    {
        watch.Dispose();
        hangUp.Dispose();
    }

    private void Look()
    {
        // Restoring a terminal that is gone can block: end without it.
        if (isHungUp || !HasTerminal())
            End(ExitCode.Cancelled);
    }

    private static bool HasTerminal() => OperatingSystem.IsWindows() || IsTerminal(StandardInput) != 0;

    private static void End(int code)
    {
        if (OperatingSystem.IsWindows())
            Environment.Exit(code);
        EndAtOnce(code);
    }

#pragma warning disable SYSLIB1054 // Generated marshalling needs unsafe code; two numbers need no marshalling.
    [DllImport("libc", EntryPoint = "isatty")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int IsTerminal(int descriptor);

    [DllImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern void EndAtOnce(int code);
#pragma warning restore SYSLIB1054
}
