using System.Collections.Immutable;
using System.Globalization;
using GcReplay.Heaps;

namespace GcReplay.Simulation.Collectors.Incminimark;

/// <summary>The parameters of a run, checked, and what follows from them.</summary>
/// <remarks>Source of names and defaults: rpython/memory/gc/incminimark.py, TRANSLATION_PARAMS; the defaults are scaled down, so that
/// small programs collect. Upstream: nursery 4 MiB, large_object 16,896 words, page 1,024 words, arena 65,536 words.</remarks>
internal sealed record IncminimarkSettings
{
    public const int WordBytes = 8;

    public required long NurseryBytes { get; init; }

    /// <summary>An object of this many bytes or more, not rounded, is allocated outside the nursery.</summary>
    public required long LargeObjectBytes { get; init; }

    /// <summary>Largest object, rounded, that leaves the nursery for a small-object arena.</summary>
    public required long SmallRequestThresholdBytes { get; init; }

    /// <summary>Items of an array for each card; 0 without card marking.</summary>
    public required int CardPageIndices { get; init; }

    public required bool IsPaged { get; init; }

    public required long PageBytes { get; init; }

    public required long ArenaBytes { get; init; }

    public required bool SingleStep { get; init; }

    /// <summary>0 no consistency check, 1 before every major step, 2 also at the end of every minor collection.</summary>
    public required int Debug { get; init; }

    public required double MajorCollectionThreshold { get; init; }

    public required double GrowthRateMax { get; init; }

    /// <summary>0: eight times the nursery.</summary>
    public required double MinHeapBytes { get; init; }

    public required bool IsEnabled { get; init; }

    public static readonly ImmutableArray<Parameter> Parameters =
    [
        new("gc.enabled", "major collections by themselves: on or off", "on") { Tries = ["on", "on", "on", "off"] },
        new("nursery_words", "size of the nursery, in words", "4096") { Tries = ["40", "64", "128"] },
        new("large_object_words", "objects of this size and more are allocated outside the nursery, in words", "256") { Tries = ["4", "10", "16"] },
        new("small_request_threshold_words", "largest object that leaves the nursery for a small-object arena, in words", "35") { Tries = ["5", "8"] },
        new("card_page_indices", "items of a large array for each card, a power of two; 0 for no card marking", "128") { Tries = ["0", "1", "4"] },
        new("arena", "allocator of small objects that left the nursery", "paged", Words: ["simple", "paged"]),
        new("page_words", "a page of the small-object arenas, in words", "128") { Tries = ["16"] },
        new("arena_words", "a small-object arena, in words", "8192") { Tries = ["64"] },
        new("single_step", "a step of marking visits one object: on or off", "off") { Tries = ["on", "on", "on", "off"] },
        new("debug", "consistency checks: 0 none, 1 before each major step, 2 also after each minor collection", "0") { Tries = ["0", "1", "2"] },
        new("major_collection_threshold", "the next major collection begins when memory has grown by this factor", "1.82", IsDecimal: true) { Tries = ["1.82", "2.5"] },
        new("growth_rate_max", "most that the threshold grows from one major collection to the next", "1.4", IsDecimal: true) { Tries = ["1.4", "2.5"] },
        new("min_heap_bytes", "least threshold of a major collection, in bytes; 0 for eight times the nursery", "0", IsDecimal: true) { Tries = ["640", "2000", "8000"] },
    ];

    /// <summary>Largest size, not rounded, of an object that is allocated in the nursery.</summary>
    public long NonlargeMaxBytes => LargeObjectBytes - 1;

    /// <summary>Bytes that a step of marking visits.</summary>
    public long IncrementStepBytes => 4 * NurseryBytes;

    public long MaxPinned => NurseryBytes / (2 * LargeObjectBytes);

    /// <summary>Raw-malloced objects that a step of sweeping looks at: at least one, so that a sweep gets on.</summary>
    public long RawSweepLimit => Math.Max(1, 3 * NurseryBytes / SmallRequestThresholdBytes);

    /// <summary>Pages that a step of sweeping looks at.</summary>
    public long PageSweepLimit => Math.Max(1, 3 * NurseryBytes / PageBytes);

    /// <exception cref="GcReplayException">A parameter is out of range.</exception>
    public static IncminimarkSettings Of(IReadOnlyDictionary<string, string> given)
    {
        var settings = new IncminimarkSettings
        {
            IsEnabled = Text("gc.enabled") == "on",
            NurseryBytes = Words("nursery_words", 4, 1 << 27),
            LargeObjectBytes = Words("large_object_words", 3, 1 << 20),
            SmallRequestThresholdBytes = Words("small_request_threshold_words", 2, 1 << 12),
            CardPageIndices = (int)Number("card_page_indices", 0, 1 << 20),
            IsPaged = Text("arena") == "paged",
            PageBytes = Words("page_words", 6, 1 << 16),
            ArenaBytes = Words("arena_words", 8, 1 << 24),
            SingleStep = Text("single_step") == "on",
            Debug = (int)Number("debug", 0, 2),
            MajorCollectionThreshold = Real("major_collection_threshold", 1),
            GrowthRateMax = Real("growth_rate_max", 1),
            MinHeapBytes = Real("min_heap_bytes", 0),
        };
        Require((settings.CardPageIndices & (settings.CardPageIndices - 1)) == 0, "card_page_indices", "a power of two, or 0");
        Require(settings.NurseryBytes >= settings.LargeObjectBytes, "nursery_words", "no less than large_object_words: any object that is not large must fit");
        if (settings.IsPaged)
        {
            Require(settings.PageBytes - 4 * WordBytes >= settings.SmallRequestThresholdBytes, "page_words", "room for a head of 4 words and one object of small_request_threshold_words");
            Require(settings.ArenaBytes >= settings.PageBytes + WordBytes, "arena_words", "room for one word and a page");
        }

        return settings;

        string Text(string key) => given.GetValueOrDefault(key, Parameters.First(p => p.Key == key).Default);

        long Words(string key, long min, long max) => Number(key, min, max) * WordBytes;

        long Number(string key, long min, long max)
        {
            var number = long.Parse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture);
            Require(number >= min && number <= max, key, string.Create(CultureInfo.InvariantCulture, $"from {min} to {max}"));
            return number;
        }

        double Real(string key, double min)
        {
            var number = double.Parse(Text(key), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
            Require(number >= min && double.IsFinite(number), key, string.Create(CultureInfo.InvariantCulture, $"{min} or more"));
            return number;
        }

        void Require(bool holds, string key, string expected)
        {
            if (!holds)
                throw new GcReplayException($"--set {key}={Text(key)}: expected {expected}.");
        }
    }

    /// <summary>Bytes of card words in front of a large array.</summary>
    public long CardBytes(long length) => CardPageIndices == 0 ? 0 : (length + 64L * CardPageIndices - 1) / (64L * CardPageIndices) * WordBytes;
}
