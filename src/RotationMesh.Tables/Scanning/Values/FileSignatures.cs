namespace RotationMesh.Tables.Scanning.Values;

/// <summary>
/// Recognises pictures and documents by the bytes that they begin with, so that no key is tried on megabytes of them. An
/// envelope begins with a random nonce: not one in a million million has any of these beginnings.
/// </summary>
internal static class FileSignatures
{
    /// <summary>Stands for any byte.</summary>
    private const char Any = '?';

    /// <summary>Beginnings of PNG, JPEG (JFIF, Exif), GIF, WebP, PDF, and of packed documents (ZIP), as Latin-1.</summary>
    private static readonly string[] Beginnings =
    [
        "\u0089PNG\r\n\u001a\n",
        "\u00ff\u00d8\u00ff\u00e0??JFIF\0",
        "\u00ff\u00d8\u00ff\u00e1??Exif\0",
        "GIF87a",
        "GIF89a",
        "RIFF????WEBP",
        "%PDF-1.",
        "PK\u0003\u0004\u0014\0",
        "PK\u0003\u0004\n\0",
    ];

    /// <summary>Whether the bytes begin as a file of a known kind does.</summary>
    public static bool IsFile(ReadOnlySpan<byte> bytes)
    {
        foreach (var beginning in Beginnings)
            if (Begins(bytes, beginning))
                return true;
        return false;
    }

    private static bool Begins(ReadOnlySpan<byte> bytes, string beginning)
    {
        if (bytes.Length < beginning.Length)
            return false;
        for (var at = 0; at < beginning.Length; at++)
            if (beginning[at] != Any && bytes[at] != beginning[at])
                return false;
        return true;
    }
}
