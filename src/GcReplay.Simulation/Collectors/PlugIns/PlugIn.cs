using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using System.Security.Cryptography;
using GcReplay.Heaps;
using GcReplay.Traces;

namespace GcReplay.Simulation.Collectors.PlugIns;

/// <summary>A collector's family that was loaded from a file.</summary>
/// <remarks>Each loading is one of its own: what a plug-in keeps in static fields is not seen by the next.</remarks>
public sealed class PlugIn
{
    private const string Extension = ".dll";
    private readonly AssemblyLoadContext context;

    private PlugIn(CollectorFamily family, AssemblyLoadContext context, PlugInNote note)
    {
        Family = family;
        this.context = context;
        Note = note;
    }

    public CollectorFamily Family { get; }

    /// <summary>What a trace says of it.</summary>
    public PlugInNote Note { get; }

    /// <summary>Whether a collector's specification names a file: <c>PATH.dll</c>, <c>PATH.dll:NAME</c>, each with <c>@REVISION</c> or without.</summary>
    public static bool IsNamedBy(string specification) => EndOfPath(specification) > 0;

    /// <summary>The file, the family's name (empty when left out) and the revision (null when left out) of a specification.</summary>
    public static (string Path, string Name, string? Revision) Parse(string specification)
    {
        var end = EndOfPath(specification);
        var (path, rest) = (specification[..end], specification[end..]);
        var at = rest.IndexOf('@', StringComparison.Ordinal);
        var (name, revision) = at < 0 ? (rest, null) : (rest[..at], rest[(at + 1)..]);
        return (path, name.TrimStart(':'), revision);
    }

    /// <param name="name">Of the family; empty for the only one.</param>
    /// <exception cref="GcReplayException">There is no such file, it is no assembly, or it holds no such family.</exception>
    public static PlugIn Load(string path, string name)
    {
        var file = Path.GetFileName(path);
        if (!File.Exists(path))
            throw new GcReplayException($"there is no file {path}. Expected a collector's name or the assembly of a plug-in (*.dll).");
        var bytes = File.ReadAllBytes(path);
        var context = new PlugInContext(Path.GetFullPath(path));
        try
        {
            var assembly = context.Load(bytes);
            var families = FamiliesOf(assembly, file);
            var family = Choose(families, name, file);
            FamilyCheck.Check(family, file);
            if (Collectors.Families.All.Any(known => known.Name == family.Name))
                throw new GcReplayException($"{file}: its collector is called '{family.Name}', as one of GcReplay is. Give it a name of its own.");
            return new PlugIn(family, context, new PlugInNote(file, VersionOf(assembly), Convert.ToHexStringLower(SHA256.HashData(bytes))));
        }
        catch (BadImageFormatException)
        {
            throw new GcReplayException($"{path} is no .NET assembly. Expected a plug-in's *.dll as 'dotnet build' makes it.");
        }
        catch (Exception e) when (e is TypeLoadException or MissingMemberException or FileNotFoundException or FileLoadException)
        {
            throw Unfit(file, e);
        }
        catch (TargetInvocationException e)
        {
            throw Broken(file, "cannot be made", e.InnerException!);
        }
        catch (Exception e) when (e is not GcReplayException)
        {
            throw Broken(file, "failed before the run", e);
        }
    }

    /// <summary>Where an exception was thrown: the innermost of the plug-in's own methods on its way, in words; empty when there is none.</summary>
    public string PlaceOf(Exception e)
    {
        foreach (var frame in new StackTrace(e, fNeedFileInfo: true).GetFrames())
        {
            if (frame.GetMethod() is not { DeclaringType: { } type } method || !IsOwn(type.Assembly))
                continue;
            var line = frame.GetFileName() is { } source ? $", {Path.GetFileName(source)} line {frame.GetFileLineNumber()}" : "";
            return $"{type.Name}.{method.Name}{line}";
        }

        return "";
    }

    /// <summary>Whether an assembly is the plug-in's, or one that it brought.</summary>
    public bool IsOwn(Assembly assembly) => AssemblyLoadContext.GetLoadContext(assembly) == context;

    /// <summary>As a message names it.</summary>
    public override string ToString() => $"{Note.File} ({Family.Name})";

    private static int EndOfPath(string specification)
    {
        for (var at = specification.IndexOf(Extension, StringComparison.OrdinalIgnoreCase); at > 0; at = specification.IndexOf(Extension, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + Extension.Length;
            if (end == specification.Length || specification[end] is '@' or ':')
                return end;
        }

        return -1;
    }

    private static List<CollectorFamily> FamiliesOf(Assembly assembly, string file)
    {
        Type[] types;
        try
        {
            types = assembly.GetExportedTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            throw Unfit(file, e.LoaderExceptions.FirstOrDefault(one => one is not null) ?? e);
        }

        return
        [
            .. types.Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(CollectorFamily)) && type.GetConstructor([]) is not null)
                .Select(type => (CollectorFamily)Activator.CreateInstance(type)!).OrderBy(family => family.Name, StringComparer.Ordinal),
        ];
    }

    private static CollectorFamily Choose(List<CollectorFamily> families, string name, string file)
    {
        var names = string.Join(", ", families.Select(family => family.Name));
        return families.Count switch
        {
            0 => throw new GcReplayException(
                $"{file} holds no collector: expected a public class with a constructor without parameters that extends CollectorFamily."),
            1 when name.Length == 0 => families[0],
            _ when name.Length == 0 => throw new GcReplayException($"{file} holds {families.Count} collectors: {names}. Name one: {file}:{families[0].Name}"),
            _ => families.Find(family => family.Name == name)
                ?? throw new GcReplayException($"{file} holds no collector '{name}'{(Spelling.Suggest(name, families.Select(f => f.Name)) is { Length: > 0 } hint ? hint : ".")} Collectors in it: {names}."),
        };
    }

    private static GcReplayException Unfit(string file, Exception e) =>
        new($"{file} does not fit this version of GcReplay, or something that it needs does not lie beside it: {e.Message} Build it again against this version.");

    private static GcReplayException Broken(string file, string what, Exception e) =>
        new($"{file}: its collector {what}: {e.GetType().Name}: {e.Message}");

    private static string VersionOf(Assembly assembly) => assembly.GetName().Version?.ToString() ?? "0.0.0.0";
}
