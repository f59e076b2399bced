using System.Text;
using CsCheck;

namespace GcReplay.Tests.Simulation.Programs.Importing;

/// <summary>Recordings as strange as the format allows: any object may change or die at any time, held or not.</summary>
internal static class RecordingGenerator
{
    private static readonly Gen<(int Kind, int First, int Slot, int Second)> Line =
        Gen.Select(Gen.Int[0, 11], Gen.Int[0, 999], Gen.Int[0, 3], Gen.Int[0, 999]);

    public static readonly Gen<string> Recordings = Line.List[1, 120].Select(Write);

    private static string Write(List<(int Kind, int First, int Slot, int Second)> lines)
    {
        var text = new StringBuilder("n 0 A 1\n");
        var living = new List<int> { 0 };
        var born = 1;
        foreach (var (kind, first, slot, second) in lines)
        {
            if (kind <= 3 || living.Count == 0)
            {
                living.Add(born);
                text.Append($"n {born++} A 1\n");
                continue;
            }
            var subject = living[first % living.Count];
            var target = living[second % living.Count];
            text.Append(kind switch
            {
                <= 7 => $"s {subject} {slot} {target}\n",
                8 => $"x {subject} {slot}\n",
                9 => $"r {subject} {slot}\n",
                _ => $"d {subject}\n",
            });
            if (kind > 9)
                living.Remove(subject);
        }
        return text.ToString();
    }
}
