using CsCheck;
using GcReplay.Traces.Files;

namespace GcReplay.Tests.Traces;

/// <summary>Numbers of few bytes: many at once are the bytes of each on its own.</summary>
public sealed class VarintTests
{
    private static readonly Gen<ulong[]> Numbers = Gen.Select(Gen.ULong, Gen.Int[0, 63], (number, shift) => number >> shift).Array[0, 100];

    [Fact]
    public void Many_numbers_are_written_as_each_on_its_own() => Numbers.Sample(numbers =>
    {
        var together = new ByteColumn();
        together.AddVarints(numbers);
        Assert.Equal(OneByOne(numbers), together.Written.ToArray());
    });

    [Fact]
    public void Many_numbers_are_read_as_they_were_written() => Numbers.Sample(numbers =>
    {
        var read = new ulong[numbers.Length];
        var cursor = new ByteCursor(OneByOne(numbers));
        cursor.Varints(read);
        Assert.True(cursor.IsAtEnd);
        Assert.Equal(numbers, read);
    });

    [Fact]
    public void Numbers_that_take_more_bytes_than_they_need_are_read() => Numbers.Sample(numbers =>
    {
        byte[] bytes = [.. numbers.SelectMany(number => Long(number & 0xFFFFFF)), 0x05];
        var read = new ulong[numbers.Length + 1];
        new ByteCursor(bytes).Varints(read);
        Assert.Equal([.. numbers.Select(number => number & 0xFFFFFF), 5], read);
    });

    [Fact]
    public void Numbers_that_end_too_early_are_malformed() => Numbers.Sample(numbers =>
    {
        byte[] bytes = [.. OneByOne(numbers), 0x80];
        Assert.Throws<MalformedFrameException>(() => new ByteCursor(bytes).Varints(new ulong[numbers.Length + 1]));
    });

    private static byte[] OneByOne(ulong[] numbers)
    {
        var bytes = new ByteColumn();
        foreach (var number in numbers)
            bytes.AddVarint(number);
        return bytes.Written.ToArray();
    }

    private static byte[] Long(ulong number) =>
        [(byte)(number & 0x7F | 0x80), (byte)(number >> 7 & 0x7F | 0x80), (byte)(number >> 14 & 0x7F | 0x80), (byte)(number >> 21 & 0x7F | 0x80), 0];
}
