using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using GcReplay.Heaps;
using GcReplay.Simulation.Conformance.CPython39;
using GcReplay.Simulation.Conformance.Incminimark;

namespace GcReplay.Simulation.Conformance;

/// <summary>Finds conformance files and reads their programs, whatever their family.</summary>
public static class ConformanceFiles
{
    /// <summary>More than this, unpacked, is no conformance data.</summary>
    private const int BytesMax = 1 << 28;

    private const string Packed = ".json.gz";

    /// <summary>Those that a file names first, then those that are told by their fields.</summary>
    private static readonly ImmutableArray<ConformanceFamily> Families =
        [new IncminimarkPrograms(), new CPython39Programs(), new SubInterpreterRecords()];

    /// <summary>The programs of files (*.json, *.json.gz) and of all such files in folders, in the order of their names.</summary>
    /// <exception cref="GcReplayException">There is no such file, it is not JSON, of no known family, or of a wrong shape.</exception>
    public static IEnumerable<ConformanceProgram> Read(IEnumerable<string> paths) => paths.SelectMany(Find).SelectMany(ReadFile);

    private static IEnumerable<string> Find(string path)
    {
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw new GcReplayException($"{path} does not exist; expected conformance data (*.json, *.json.gz) or a folder with such files.");
        var files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".json", StringComparison.Ordinal) || file.EndsWith(Packed, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).ToList();
        return files.Count > 0 ? files : throw new GcReplayException($"{path} holds no conformance data: no *.json and no *.json.gz.");
    }

    private static IEnumerable<ConformanceProgram> ReadFile(string file)
    {
        using var document = Parse(file);
        var root = document.RootElement;
        if (!HasWholeTexts(root))
            throw new GcReplayException($"{file}: a text holds half of a surrogate pair (\\uD800 to \\uDFFF alone). Expected conformance data.");
        var family = Families.FirstOrDefault(f => f.Recognises(root)) ?? throw new GcReplayException(
            $"{file} is of no family of conformance data that this version reads. Families: {string.Join("; ", Families.Select(f => f.Name))}.");
        foreach (var program in family.Read(file, root))
            yield return program;
    }

    /// <summary>Whether every text and name can be read: JSON can spell what is no Unicode text.</summary>
    private static bool HasWholeTexts(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.Object => element.EnumerateObject().All(property => property.Name.Length >= 0 && HasWholeTexts(property.Value)),
                JsonValueKind.Array => element.EnumerateArray().All(HasWholeTexts),
                JsonValueKind.String => element.GetString() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static JsonDocument Parse(string file)
    {
        try
        {
            return JsonDocument.Parse(ReadBytes(file));
        }
        catch (JsonException e)
        {
            throw new GcReplayException($"{file} is not JSON: {e.Message.TrimEnd('.')}. Expected conformance data.", e);
        }
        catch (InvalidDataException e)
        {
            throw new GcReplayException($"{file} is not packed by gzip: {e.Message.TrimEnd('.')}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GcReplayException($"cannot read {file}: {e.Message.TrimEnd('.')}. Check its permissions.", e);
        }
    }

    private static byte[] ReadBytes(string file)
    {
        using var packed = File.OpenRead(file);
        using Stream stream = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(packed, CompressionMode.Decompress) : packed;
        using var bytes = new MemoryStream();
        var part = new byte[1 << 16];
        for (var read = stream.Read(part); read > 0; read = stream.Read(part))
        {
            bytes.Write(part, 0, read);
            if (bytes.Length > BytesMax)
                throw new GcReplayException($"{file} has more than {BytesMax} bytes; expected conformance data.");
        }

        return bytes.ToArray();
    }
}
