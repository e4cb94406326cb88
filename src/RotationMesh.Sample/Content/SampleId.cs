namespace RotationMesh.Sample;

/// <summary>Makes ids like those of the application: 25 characters, a <c>c</c> and then lower-case letters and digits.</summary>
internal static class SampleId
{
    public const int Length = 25;
    private const int DigitsPerDraw = 12; // 36^12 is the largest power below 2^64

    /// <summary>Writes the id of a row; the same seed gives the same id.</summary>
    public static void Write(int seed, Draw.Stream stream, int row, Span<byte> id)
    {
        var draw = new Draw(seed, stream, row);
        id[0] = (byte)'c';
        WriteDigits(draw.Next(), id.Slice(1, DigitsPerDraw));
        WriteDigits(draw.Next(), id.Slice(1 + DigitsPerDraw, DigitsPerDraw));
    }

    private static void WriteDigits(ulong number, Span<byte> digits)
    {
        var alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"u8;
        for (var position = 0; position < digits.Length; position++)
        {
            (number, var digit) = Math.DivRem(number, 36);
            digits[position] = alphabet[(int)digit];
        }
    }
}
