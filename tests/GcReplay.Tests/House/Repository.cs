using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace GcReplay.Tests.House;

/// <summary>The working tree that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] Skipped = ["artifacts", "bin", "obj", "TestResults", "BenchmarkDotNet.Artifacts"];

    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", ".."));

    /// <summary>The projects of floors 0 to 2: those that must be deterministic.</summary>
    public static IReadOnlyList<string> LowerFloors { get; } =
        ["GcReplay.Heaps", "GcReplay.Traces", "GcReplay.Simulation", "GcReplay.Debugging"];

    /// <summary>Paths from the root with forward slashes, of every file that is source or data; ascending.</summary>
    public static IReadOnlyList<string> Files { get; } = Find();

    public static string PathOf(string file) => Path.Combine(Root, file);

    public static string Read(string file) => File.ReadAllText(PathOf(file));

    public static string FolderOf(string file) => file.Contains('/') ? file[..file.LastIndexOf('/')] : "";

    public static XDocument Project(string name) => XDocument.Load(PathOf($"src/{name}/{name}.csproj"));

    /// <summary>Names of the projects that a project references.</summary>
    public static IReadOnlyList<string> ReferencesOf(string project) =>
        [.. Project(project).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value)).Order()];

    private static List<string> Find()
    {
        var files = new List<string>();
        Add(new DirectoryInfo(Root), "", files);
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    private static void Add(DirectoryInfo folder, string prefix, List<string> files)
    {
        files.AddRange(folder.EnumerateFiles().Where(f => f.Name != ".git").Select(f => prefix + f.Name));
        foreach (var child in folder.EnumerateDirectories())
        {
            if (!Skipped.Contains(child.Name) && (!child.Name.StartsWith('.') || child.Name == ".ci"))
                Add(child, $"{prefix}{child.Name}/", files);
        }
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
