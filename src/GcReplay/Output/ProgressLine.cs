using Spectre.Console;

namespace GcReplay.Output;

/// <summary>Shows how far a long run is, on a terminal only, and leaves nothing behind.</summary>
internal static class ProgressLine
{
    /// <summary>Runs <paramref name="work"/> and shows the numbers it reports.</summary>
    /// <param name="what">What is being done, in words.</param>
    /// <param name="total">The last number, or 0 when it is not known.</param>
    /// <param name="unit">What the numbers count.</param>
    public static T Run<T>(CommandConsole console, string what, long total, Func<Action<long>, T> work, string unit = "events")
    {
        if (!console.IsTerminal || Console.IsErrorRedirected)
            return work(_ => { });

        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(console.Terminal) });
        ProgressColumn[] columns = total > 0
            ? [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()]
            : [new SpinnerColumn(), new TaskDescriptionColumn(), new ElapsedTimeColumn()];
        return terminal.Progress().AutoClear(true).Columns(columns).Start(context =>
        {
            var task = context.AddTask(Markup.Escape(what), maxValue: Math.Max(total, 1));
            task.IsIndeterminate = total == 0;
            return work(number =>
            {
                if (total > 0)
                    task.Value = number;
                else
                    task.Description = Markup.Escape($"{what}: {number:N0} {unit}");
            });
        });
    }
}
