using System.Buffers;
using System.Text;
using MessagePack;

namespace GcReplay.Tests.Fuzzing;

/// <summary>What a hostile file would say: one MessagePack item each.</summary>
internal static class HostileValues
{
    private static readonly long[] Numbers =
        [0, 1, -1, 2, 7, 8, 63, 64, 255, 4096, 65535, 65536, int.MaxValue, int.MinValue, (1L << 28) + 1, 1L << 40, long.MaxValue, long.MinValue];

    private static readonly string[] Texts =
        ["", "\u001b[2J\u001b]0;x\a", "\u202Egnp.exe", "no such name", "\ud800", "root", "gc_next", "\n\n\n", "../../etc/passwd", "#1", new('x', 100_000)];

    public static byte[] Of(Random random) => random.Next(10) switch
    {
        0 or 1 or 2 => Item((ref w) => w.Write(Numbers[random.Next(Numbers.Length)])),
        3 => Item((ref w) => w.Write(ulong.MaxValue - (ulong)random.Next(5000))),
        4 or 5 => Item((ref w) => w.Write(Texts[random.Next(Texts.Length)])),
        6 => InvalidUtf8,
        7 => Item((ref w) => w.WriteNil()),
        8 => Item((ref w) => w.WriteArrayHeader(random.Next(2) == 0 ? 0 : random.Next(1 << 24, int.MaxValue))),
        _ => Deep(random.Next(2) == 0 ? 50 : 100_000),
    };

    /// <summary>A text of bytes that are no UTF-8.</summary>
    private static byte[] InvalidUtf8 => [0xA5, 0x61, 0xC3, 0x28, 0xFF, 0xFE];

    /// <summary>Arrays within arrays.</summary>
    private static byte[] Deep(int depth) => [.. Enumerable.Repeat((byte)0x91, depth), .. Encoding.ASCII.GetBytes("\x01")];

    private delegate void Writes(ref MessagePackWriter writer);

    private static byte[] Item(Writes write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        write(ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
