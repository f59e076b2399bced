using GcReplay.Heaps.Layouts;
using GcReplay.Heaps.Memory;
using GcReplay.Simulation.Interpreters;

namespace GcReplay.Simulation.Collectors.PlugIns;

/// <summary>Which words a collector may write: its static words, its regions, cells that were handed out for objects or for itself, its part
/// of interpreters' structs, roots, its records on a C stack.</summary>
/// <remarks>What is freed is not asked here: that is a hazard. What is unmapped is a crash.</remarks>
internal sealed class WriteGuard(Process process, Region statics)
{
    public bool Allows(Address address) =>
        statics.Contains(address) || process.OwnRegions.Any(region => region.Contains(address)) || IsRoot(address) || IsOnStack(address) || IsInCell(address);

    private bool IsRoot(Address address) =>
        address >= process.GlobalSlot(0) && address < process.GlobalSlot(process.Code.Program.GlobalCount)
        || address >= process.PrebuiltSlot(0) && address < process.PrebuiltSlot(process.Code.Program.Prebuilts.Length);

    private static bool IsOnStack(Address address) => address >= RuntimeWords.Stacks && address < RuntimeWords.StacksEnd;

    private bool IsInCell(Address address)
    {
        if (process.Journal.Shadow.CellAt(address) is not { } cell)
            return false;
        if (!cell.IsRuntime || process.Journal.Shadow.OccupantOf(cell) is not { } entry)
            return true;
        var offset = (int)(address - entry.Address);
        return entry.TypeId switch
        {
            RuntimeWords.InterpreterType => offset is not (RuntimeWords.Interpreter.Next or RuntimeWords.Interpreter.Id),
            RuntimeWords.ThreadType => offset is RuntimeWords.Thread.InFlight or RuntimeWords.Thread.Collection or RuntimeWords.Thread.TrashLater or RuntimeWords.Thread.TrashNesting,
            _ => true,
        };
    }
}
