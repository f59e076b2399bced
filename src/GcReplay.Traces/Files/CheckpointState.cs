using GcReplay.Heaps;
using GcReplay.Heaps.Memory;

namespace GcReplay.Traces.Files;

/// <summary>A checkpoint of a file whose pages are read when they are touched.</summary>
/// <param name="entries">The frames that the directory names, in its order.</param>
internal sealed class CheckpointState(FrameReader frames, CheckpointDirectory directory, FrameEntry[] entries, long position)
    : SavedState(directory.Numbers, directory.Hash)
{
    /// <remarks>All pages of a frame that are part of the state are given at once: they are decompressed anyway.</remarks>
    public override void Read(int index, AddressSpace into)
    {
        var frame = directory.Frames[index];
        var entry = entries[frame];
        try
        {
            var numbers = CheckpointCodec.DecodePages(frames.Read(entry), entry.Count, out var words);
            for (var i = 0; i < numbers.Length; i++)
            {
                var at = Array.BinarySearch(Numbers, numbers[i]);
                if (at >= 0 && directory.Frames[at] == frame)
                    into.Fill(at, words.Slice(i * AddressSpace.PageBytes, AddressSpace.PageBytes));
            }
        }
        catch (MalformedFrameException e)
        {
            throw new UnreadablePageException(
                $"{frames.Path}: a part of the checkpoint after event {position}, at byte {entry.Offset}, {e.Message}. "
                + $"The events are not touched by that. Try: gcreplay salvage {ShellWord.Of(frames.Path)}",
                e);
        }
    }
}
