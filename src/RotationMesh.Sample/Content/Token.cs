namespace RotationMesh.Sample;

/// <summary>Makes access and refresh tokens: 80 to 200 characters of the URL-safe alphabet.</summary>
internal static class Token
{
    public const int MaxLength = 200;
    private const int MinLength = 80;
    private const int CharactersPerDraw = 10; // of 6 bits

    /// <summary>Writes a token and returns its length.</summary>
    public static int Write(ref Draw draw, Span<byte> token)
    {
        var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8;
        var length = MinLength + draw.Below(MaxLength - MinLength + 1);
        var bits = 0UL;
        for (var position = 0; position < length; position++, bits >>= 6)
        {
            if (position % CharactersPerDraw == 0)
                bits = draw.Next();
            token[position] = alphabet[(int)(bits & 63)];
        }

        return length;
    }
}
