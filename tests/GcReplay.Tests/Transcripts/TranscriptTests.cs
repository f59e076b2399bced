using GcReplay.Tests.Debugging;
using GcReplay.Tests.House;
using GcReplay.Traces;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Transcripts;

public sealed class TranscriptTests
{
    private const string Folder = "tests/GcReplay.Tests/Transcripts";

    public static TheoryData<string> Files =>
        [.. Repository.Files.Where(f => f.StartsWith(Folder + "/", StringComparison.Ordinal) && f.EndsWith(".txt", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_transcript_answers_as_it_did(string file)
    {
        var expected = Repository.Read(file);
        var actual = Transcript.Answered(expected, Open);

        if (Environment.GetEnvironmentVariable("GCREPLAY_UPDATE") == "1")
            File.WriteAllText(Repository.PathOf(file), actual);
        else
            Assert.Equal(expected, actual);
    }

    private static ITraceSource Open(string trace)
    {
        var words = trace.Split(' ');
        return words[0] switch
        {
            "hand-made" => HandMadeStories.SmallRun(),
            "run" => SimulatedTrace.Of(words[1], words[2], words[3]),
            _ => TraceReader.Open(Repository.PathOf(trace)),
        };
    }
}
