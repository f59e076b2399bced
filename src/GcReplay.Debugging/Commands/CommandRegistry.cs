using GcReplay.Debugging.Stops;
using GcReplay.Heaps;

namespace GcReplay.Debugging.Commands;

/// <summary>All commands by name and alias: the one table that line mode, screen, completion and help read.</summary>
public sealed class CommandRegistry
{
    private readonly SortedDictionary<string, Command> byName = new(StringComparer.Ordinal);

    public CommandRegistry()
    {
        foreach (var command in All)
        {
            byName.Add(command.Name, command);
            foreach (var alias in command.Aliases)
                byName.Add(alias, command);
        }
    }

    /// <summary>In the order of the help.</summary>
    public IReadOnlyList<Command> All { get; } =
    [
        new NextCommand(true), new StepCommand(true), new FinishCommand(true), new UntilCommand(true), new ContinueCommand(true),
        new NextCommand(false), new StepCommand(false), new FinishCommand(false), new UntilCommand(false), new ContinueCommand(false),
        new GotoCommand(), new VisitCommand(false), new VisitCommand(true), new FenceCommand(),
        new MarkCommand(), new NoteCommand(), new MarksCommand(),
        new BreakCommand(false), new BreakCommand(true),
        new WatchCommand(WatchAccess.Write), new WatchCommand(WatchAccess.Read), new WatchCommand(WatchAccess.Read | WatchAccess.Write),
        new ConditionCommand(), new IgnoreCommand(), new DeleteCommand(), new InfoCommand(),
        new WhenCommand(), new StackCommand(), new EventsCommand(), new ThreadsCommand(), new InterpretersCommand(),
        new ObjectCommand(), new ListCommand(), new ListsCommand(), new PrintCommand(), new ExamineCommand(),
        new PathCommand(), new ReferrersCommand(), new BiographyCommand(), new BarriersCommand(), new PositionsDiffCommand(),
        new WhyCommand(), new WhoWroteCommand(), new WhoFreedCommand(), new WhyFreedCommand(), new WhyAliveCommand(), new WhyUntrackedCommand(), new CycleCommand(),
        new FirstBadCommand(), new FindingCommand(true), new FindingCommand(false), new CheckCommand(), new ExplainCommand(),
        new HelpCommand(), new QuitCommand(),
    ];

    /// <summary>Names and aliases, in alphabetical order.</summary>
    public IEnumerable<string> Names => byName.Keys;

    /// <exception cref="GcReplayException">There is no such command; the message names the nearest one.</exception>
    public Command Find(string name) => byName.TryGetValue(name, out var command)
        ? command
        : throw new GcReplayException(Spelling.Nearest(name, byName.Keys) is { } nearest
            ? $"there is no command '{name}'. Did you mean: {nearest}? For all commands: help"
            : $"there is no command '{name}'. For all commands: help");
}
