using System.Runtime.InteropServices;
using GcReplay;

// The first Ctrl+C (or SIGTERM) asks the command to finish what it writes; the second ends the process at once.
using var cancellation = new CancellationTokenSource();
void Cancel(PosixSignalContext signal)
{
    signal.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
return App.Run(args, Console.Out, Console.Error, cancellation.Token);
