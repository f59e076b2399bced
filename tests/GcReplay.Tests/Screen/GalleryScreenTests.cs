using System.Runtime.CompilerServices;
using GcReplay.Tests.House;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Screen;

/// <summary>What somebody sees who opens a trace of the gallery.</summary>
public sealed class GalleryScreenTests
{
    private static readonly string Folder = Repository.PathOf("traces");

    public static TheoryData<string, int, int> Screens
    {
        get
        {
            var data = new TheoryData<string, int, int>();
            foreach (var file in Directory.EnumerateFiles(Folder, "*.gctrace", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                var name = Path.ChangeExtension(Path.GetRelativePath(Folder, file), null).Replace(Path.DirectorySeparatorChar, '/');
                if (name.StartsWith("frozen/", StringComparison.Ordinal))
                    continue;
                data.Add(name, 80, 24);
                data.Add(name, 120, 40);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Screens))]
    public void Its_first_screen_is_as_it_was_read_last(string trace, int width, int height)
    {
        using var reader = TraceReader.Open(Path.Combine(Folder, trace + ".gctrace"));
        using var screen = new HeadlessScreen(reader, width, height);
        var file = Path.Combine(Path.GetDirectoryName(Here())!, "Gallery", $"{trace.Replace('/', '-')}-{width}x{height}.txt");

        if (Environment.GetEnvironmentVariable("GCREPLAY_UPDATE") == "1")
            File.WriteAllText(file, screen.Text);

        Assert.True(File.Exists(file), $"{file} is missing. To write it: GCREPLAY_UPDATE=1");
        Assert.Equal(File.ReadAllText(file), screen.Text);
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
