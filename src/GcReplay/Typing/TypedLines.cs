using GcReplay.Debugging;
using RadLine;
using Spectre.Console;

namespace GcReplay.Typing;

/// <summary>Reads lines from a terminal with editing, history (up, down) and completion (Tab). Ctrl+C empties the line, Ctrl+D on an
/// empty one is the end of the input.</summary>
internal sealed class TypedLines : TextReader
{
    private readonly LineEditor editor;
    private bool isOver;

    public TypedLines(Debugger debugger)
    {
        editor = new LineEditor
        {
            Prompt = new LineEditorPrompt("(gcreplay)"),
            Completion = new CommandCompletion(debugger),
            MultiLine = false,
        };
        editor.KeyBindings.Add(ConsoleKey.UpArrow, () => new PreviousHistoryCommand());
        editor.KeyBindings.Add(ConsoleKey.DownArrow, () => new NextHistoryCommand());
        editor.KeyBindings.Add(ConsoleKey.A, ConsoleModifiers.Control, () => new MoveHomeCommand());
        editor.KeyBindings.Add(ConsoleKey.E, ConsoleModifiers.Control, () => new MoveEndCommand());
        editor.KeyBindings.Add(ConsoleKey.C, ConsoleModifiers.Control, () => new EmptyLine());
        editor.KeyBindings.Add(ConsoleKey.D, ConsoleModifiers.Control, () => new EndOfInput(this));
    }

    /// <summary>Whether the terminal can do it.</summary>
    public static bool AreSupported => LineEditor.IsSupported(AnsiConsole.Console);

    public override string? ReadLine()
    {
        // Only while a line is typed is Ctrl+C a key: it stops a command that runs.
        Console.TreatControlCAsInput = true;
        try
        {
            var line = editor.ReadLine(CancellationToken.None).GetAwaiter().GetResult();
            return isOver ? null : line;
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private sealed class EmptyLine : LineEditorCommand
    {
        public override void Execute(LineEditorContext context)
        {
            context.Buffer.MoveHome();
            context.Buffer.Clear(0, context.Buffer.Length);
        }
    }

    private sealed class EndOfInput(TypedLines lines) : LineEditorCommand
    {
        public override void Execute(LineEditorContext context)
        {
            if (context.Buffer.Length > 0)
                return;
            lines.isOver = true;
            context.Submit(SubmitAction.Cancel);
        }
    }
}
