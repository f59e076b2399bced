using System.Globalization;
using System.Text;

namespace GcReplay.Output;

/// <summary>A stream of text that reaches a terminal: all of it goes through <see cref="HarmlessText"/>.</summary>
internal sealed class HarmlessWriter(TextWriter inner) : TextWriter(CultureInfo.InvariantCulture)
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value)
    {
        if (HarmlessText.Is([value]))
            inner.Write(value);
        else
            inner.Write(HarmlessText.Of(value.ToString()));
    }

    public override void Write(string? value)
    {
        if (value is not null)
            inner.Write(HarmlessText.Of(value));
    }

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void WriteLine(string? value)
    {
        Write(value);
        inner.WriteLine();
    }

    public override void WriteLine() => inner.WriteLine();

    public override void Flush() => inner.Flush();
}
