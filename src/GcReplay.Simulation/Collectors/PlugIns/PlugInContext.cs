using System.Reflection;
using System.Runtime.Loader;

namespace GcReplay.Simulation.Collectors.PlugIns;

/// <summary>Where a plug-in's assembly and what it needs are loaded. GcReplay's assemblies are shared, so that its types are ours.</summary>
/// <remarks>Files are read and closed, so that a plug-in can be built again while it is in use.</remarks>
internal sealed class PlugInContext(string path) : AssemblyLoadContext(Path.GetFileName(path), isCollectible: true)
{
    private readonly AssemblyDependencyResolver resolver = new(path);

    public Assembly Load(byte[] bytes) =>
        Path.ChangeExtension(path, ".pdb") is var symbols && File.Exists(symbols)
            ? LoadFromStream(new MemoryStream(bytes), new MemoryStream(File.ReadAllBytes(symbols)))
            : LoadFromStream(new MemoryStream(bytes));

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (IsShared(assemblyName.Name!))
            return null;
        var file = resolver.ResolveAssemblyToPath(assemblyName) ?? Path.Combine(Path.GetDirectoryName(path)!, assemblyName.Name + ".dll");
        return File.Exists(file) ? LoadFromStream(new MemoryStream(File.ReadAllBytes(file))) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : 0;

    /// <summary>Also where a plug-in's build copied them beside it.</summary>
    private static bool IsShared(string name) =>
        name is "GcReplay.Heaps" or "GcReplay.Traces" or "GcReplay.Simulation" or "GcReplay.Debugging" or "gcreplay";
}
