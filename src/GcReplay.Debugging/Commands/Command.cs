using System.Text.Json.Nodes;

namespace GcReplay.Debugging.Commands;

/// <summary>What a command found, for people and for programs: line mode, screen and scripts show the same.</summary>
/// <param name="Lines">Text without line ends.</param>
/// <param name="Data">The same facts as JSON.</param>
/// <param name="Quits">Whether the session is over.</param>
public sealed record CommandResult(IReadOnlyList<string> Lines, JsonObject Data, bool Quits = false);

/// <summary>A debugger command.</summary>
public abstract class Command
{
    public abstract string Name { get; }

    /// <summary>Shorter names.</summary>
    public virtual IReadOnlyList<string> Aliases => [];

    /// <summary>Name and arguments: <c>goto N|N%|start</c>.</summary>
    public abstract string Usage { get; }

    /// <summary>What it does, in one line.</summary>
    public abstract string Summary { get; }

    /// <summary>A line that can be typed.</summary>
    public abstract string Example { get; }

    /// <summary>What else its user must know, in lines for its help.</summary>
    public virtual IReadOnlyList<string> Remarks => [];

    /// <summary>Whether it is a movement.</summary>
    public virtual bool IsMovement => false;

    /// <summary>Whether an empty line may run it again: it moves or asks, and sets nothing.</summary>
    public virtual bool IsRepeatable => true;

    /// <exception cref="Heaps.GcReplayException">An argument is wrong or there is nothing to answer with; the timeline stands where it was.</exception>
    public abstract CommandResult Run(Debugger debugger, Arguments arguments);
}
