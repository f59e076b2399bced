namespace GcReplay.Screen;

/// <summary>The panes, in the order of the keys F1 to F8, which is also that of Tab.</summary>
internal enum Pane
{
    Timeline = 0,
    Events,
    Program,
    Heap,
    Lists,
    Object,
    Interpreters,
    Words,
}
