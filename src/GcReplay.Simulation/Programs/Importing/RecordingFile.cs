using System.Buffers.Binary;
using System.IO.Compression;
using GcReplay.Heaps;

namespace GcReplay.Simulation.Programs.Importing;

/// <summary>A recording on disk: lines of text, plain or gzipped.</summary>
public static class RecordingFile
{
    /// <summary>Reads, decides by the first bytes whether to decompress, and imports; the program is called like the file.</summary>
    /// <exception cref="GcReplayException">The file cannot be read, is cut off, or is no recording.</exception>
    public static ImportedProgram Import(string path)
    {
        try
        {
            using var lines = Open(path);
            return RecordingImporter.Import(Path.GetFileName(path), lines);
        }
        catch (InvalidDataException e)
        {
            throw new GcReplayException($"{path}: the compressed data is damaged ({e.Message}). Get the file again", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GcReplayException($"{path}: cannot be read ({e.Message}). Give the path of a recording (*.ops or *.ops.gz)", e);
        }
    }

    /// <summary>The lines of a recording.</summary>
    /// <exception cref="GcReplayException">The compressed data is cut off.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static TextReader Open(string path)
    {
        var file = File.OpenRead(path);
        var isCompressed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        if (isCompressed && DataLength(file) != DeclaredLength(file))
        {
            file.Dispose();
            throw new GcReplayException($"{path}: the compressed data is cut off, or put together from several files. Get the file again");
        }
        file.Position = 0;
        return new StreamReader(isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file);
    }

    /// <summary>Bytes that the data gives, modulo 2^32. A decompressor takes data that is cut off for data that ends.</summary>
    private static uint DataLength(FileStream file)
    {
        file.Position = 0;
        using var data = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        var buffer = new byte[1 << 16];
        var length = 0L;
        for (var read = data.Read(buffer); read > 0; read = data.Read(buffer))
            length += read;
        return (uint)(length & uint.MaxValue);
    }

    /// <summary>Bytes that the data should give, modulo 2^32: its last four bytes say so.</summary>
    private static uint DeclaredLength(FileStream file)
    {
        var trailer = new byte[4];
        file.Position = Math.Max(0, file.Length - trailer.Length);
        file.ReadExactly(trailer);
        return BinaryPrimitives.ReadUInt32LittleEndian(trailer);
    }
}
