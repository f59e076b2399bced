using System.Runtime.InteropServices;
using GcReplay;
using GcReplay.Commands;

// The first Ctrl+C (or SIGTERM, or a terminal that goes away) asks the command to finish what it writes; the second ends the process at once.
using var cancellation = new CancellationTokenSource();
void Cancel(PosixSignalContext signal)
{
    var isSession = CommandInterrupts.IsActive;
    signal.Cancel = isSession ? signal.Signal == PosixSignal.SIGINT : !cancellation.IsCancellationRequested;
    if (isSession)
        CommandInterrupts.Interrupt();
    else
        cancellation.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Cancel);
// Beyond the file size that this process is allowed, the write itself shall fail, and be told with the name of its file.
const PosixSignal fileTooLarge = (PosixSignal)25;
using var tooLarge = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(fileTooLarge, signal => signal.Cancel = true);
// What a plug-in prints is not part of the one JSON object.
var output = Console.Out;
if (args.Contains("--json"))
    Console.SetOut(Console.Error);
return App.Run(args, output, Console.Error, cancellation.Token);
