using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace RotationMesh.Operations.Http;

/// <summary>
/// Writes JSON that people can read, and escapes characters that are invisible but change the text, as <c>\u202e</c>:
/// those that turn the direction of writing, have no width or end a line. A parser sees no difference.
/// </summary>
public sealed class PrintableEncoder : JavaScriptEncoder
{
    private static readonly JavaScriptEncoder Readable = UnsafeRelaxedJsonEscaping;

    private PrintableEncoder() { }

    /// <summary>The encoder.</summary>
    public static PrintableEncoder Instance { get; } = new();

    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => Readable.MaxOutputCharactersPerInputCharacter;

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar) =>
        IsUnseen(unicodeScalar) || Readable.WillEncode(unicodeScalar);

    /// <inheritdoc/>
    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var rest = new ReadOnlySpan<char>(text, textLength);
        for (var at = 0; at < rest.Length; )
        {
            if (
                Rune.DecodeFromUtf16(rest[at..], out var rune, out var length) != default
                || WillEncode(rune.Value)
            )
                return at;
            at += length;
        }

        return -1;
    }

    /// <inheritdoc/>
    public override unsafe bool TryEncodeUnicodeScalar(
        int unicodeScalar,
        char* buffer,
        int bufferLength,
        out int numberOfCharactersWritten
    )
    {
        if (!IsUnseen(unicodeScalar))
            return Readable.TryEncodeUnicodeScalar(
                unicodeScalar,
                buffer,
                bufferLength,
                out numberOfCharactersWritten
            );
        Span<char> units = stackalloc char[2];
        var count = new Rune(unicodeScalar).EncodeToUtf16(units);
        var output = new Span<char>(buffer, bufferLength);
        numberOfCharactersWritten = 0;
        foreach (var unit in units[..count])
        {
            if (
                !output[numberOfCharactersWritten..]
                    .TryWrite(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}", out var written)
            )
                return false;
            numberOfCharactersWritten += written;
        }

        return true;
    }

    /// <summary>Whether the character is of the category Format, or a separator of lines or paragraphs.</summary>
    private static bool IsUnseen(int unicodeScalar) =>
        unicodeScalar > sbyte.MaxValue
        && CharUnicodeInfo.GetUnicodeCategory(unicodeScalar)
            is UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;
}
