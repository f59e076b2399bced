using GcReplay.Debugging.Timelines;
using GcReplay.Heaps;
using GcReplay.Heaps.Memory;

namespace GcReplay.Debugging.Provenance;

/// <summary>Says in words why an object is not here, and which command goes to where it is.</summary>
public sealed class Lives(Timeline timeline, ObjectIndex objects)
{
    /// <summary>Watches the pass that the first question makes.</summary>
    public Progress Progress { get; set; }

    /// <summary>No object of that number is ever born.</summary>
    public GcReplayException Unknown(ObjectName name)
    {
        var head = new ObjectName(ObjectNumber.Head(name.Number), false);
        if (ObjectNumber.Ordinal(name.Number) > 0 && objects.Find(head, Progress) is not null)
            return new GcReplayException($"there is no {name} in this trace: fewer objects are born in scripts of {head} and its family. Try: biography {head}");
        var highest = objects.Highest(Progress);
        return new GcReplayException(highest == 0
            ? $"there is no {name}: no object is born in this trace"
            : $"there is no {name} in this trace: the last object born is #{highest}. Try: object #{highest}");
    }

    /// <summary>The object is not in memory at the present position.</summary>
    public GcReplayException NotHere(ObjectName name) => new(Text(name) ?? Unknown(name).Message);

    /// <summary>Why an object is not alive at the present position; null when it is, or is never born.</summary>
    public string? Text(ObjectName name)
    {
        if (objects.Find(name, Progress) is not { } life)
            return null;
        var position = timeline.Position;
        if (position < life.Birth)
            return $"{name} is not born yet at position {position}: event {life.Birth} allocates it. Try: goto {life.Birth}";
        return life.Death != 0 && position >= life.Death
            ? $"{name} was freed by event {life.Death}, born by event {life.Birth}. To see it alive: goto {life.Death - 1}"
            : null;
    }
}
