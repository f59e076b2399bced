using System.Text.Json;
using GcReplay.Heaps;

namespace GcReplay.Simulation.Conformance;

/// <summary>A vocabulary of conformance files: reads the programs and what is expected of them.</summary>
internal abstract class ConformanceFamily
{
    /// <summary>In words, for messages.</summary>
    public abstract string Name { get; }

    /// <summary>Whether a file is of this family, by what stands in it.</summary>
    public abstract bool Recognises(JsonElement root);

    /// <summary>The programs of a file, complete: the JSON is not kept.</summary>
    /// <exception cref="GcReplayException">An element is not as the family has them; the message names file, program, operation.</exception>
    public abstract IEnumerable<ConformanceProgram> Read(string file, JsonElement root);
}
