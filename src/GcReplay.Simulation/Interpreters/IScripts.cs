using GcReplay.Heaps.Memory;

namespace GcReplay.Simulation.Interpreters;

/// <summary>Runs finalizers and callbacks for a collector.</summary>
public interface IScripts
{
    /// <summary>Runs a script of the program, within the operation that the present thread is in. Other threads may run meanwhile,
    /// and anything may have changed afterwards.</summary>
    /// <param name="self">The finalized object, or the weak reference.</param>
    /// <param name="script">Index in the program; -1 for a call of something empty.</param>
    /// <param name="site">Names who calls.</param>
    void Run(Address self, int script, string site);
}
