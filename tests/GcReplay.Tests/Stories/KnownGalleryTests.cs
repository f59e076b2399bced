using System.Text.Json;
using GcReplay.Known;
using GcReplay.Tests.House;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Stories;

/// <summary>A failure of the gallery is recognised where the repository is not: its signatures are compiled into the program.</summary>
public sealed class KnownGalleryTests
{
    [Fact]
    public void The_compiled_gallery_is_the_one_in_traces()
    {
        var entries = new List<KnownFailure>();
        foreach (string trace in GalleryTests.Traces)
        {
            using var reader = TraceReader.Open(Repository.PathOf(trace));
            var story = Path.GetDirectoryName(trace)!.Replace('\\', '/') + "/README.md";
            entries.Add(Catalogue.Of(reader, trace, Repository.PathOf(story), default) with { Story = story });
        }

        var text = JsonSerializer.Serialize(entries, Gallery.Format) + "\n";
        if (Environment.GetEnvironmentVariable("GCREPLAY_UPDATE") == "1")
            File.WriteAllText(Repository.PathOf("src/GcReplay/Known/gallery.json"), text);
        else
            Assert.True(entries.SequenceEqual(Gallery.All), "src/GcReplay/Known/gallery.json is not what traces/ says. To write it again: GCREPLAY_UPDATE=1");
    }
}
