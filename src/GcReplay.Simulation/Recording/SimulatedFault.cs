using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Recording;

/// <summary>The simulated process can not go on; becomes an event and ends the run.</summary>
public abstract class SimulatedFault(string message) : Exception(message);

/// <summary>An access to unmapped memory (or to an address that is no multiple of 8: no runtime of ours makes one on purpose).</summary>
public sealed class SimulatedCrash(Address address, bool isWrite)
    : SimulatedFault($"{(isWrite ? "write to" : "read from")} unmapped memory at {address}")
{
    public Address Address { get; } = address;

    public bool IsWrite { get; } = isWrite;
}

/// <summary>An assertion of the runtime or of an allocator failed.</summary>
/// <param name="site">Index into <c>Layout.Sites</c>; its name is the failure's code.</param>
/// <param name="wanted">Bytes that were asked for and are not to be had; 0 when it is about something else.</param>
public sealed class SimulatedAssertion(int site, Address about, ulong wanted = 0) : SimulatedFault("assertion failed")
{
    public int Site { get; } = site;

    public Address About { get; } = about;

    public ulong Wanted { get; } = wanted;
}

/// <summary>One operation made more accesses than any healthy one can: corrupt links make endless loops.</summary>
public sealed class SimulatedHang(ulong accesses) : SimulatedFault($"{accesses} accesses in one operation")
{
    public ulong Accesses { get; } = accesses;
}

/// <summary>Who watches the run wants no more of it.</summary>
internal sealed class StoppedByObserver : Exception;

/// <summary>The simulated process is over while a script is under way: the last thread that it waits for has ended.</summary>
public sealed class SimulatedExit() : Exception("the process is over");
