using System.Text.Encodings.Web;
using System.Text.Json;

namespace GcReplay.Known;

/// <summary>The failures of the gallery, as they are compiled into the program.</summary>
internal static class Gallery
{
    /// <summary>The same for every reader: what a file of traces says is written without escapes, a line for each part.</summary>
    public static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Lazy<IReadOnlyList<KnownFailure>> Read = new(() =>
    {
        using var stream = typeof(Gallery).Assembly.GetManifestResourceStream("GcReplay.Known.gallery.json")!;
        return JsonSerializer.Deserialize<List<KnownFailure>>(stream, Format)!;
    });

    public static IReadOnlyList<KnownFailure> All => Read.Value;
}
