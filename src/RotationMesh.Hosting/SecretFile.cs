using System.Security.Cryptography;
using System.Text;

namespace RotationMesh.Hosting;

/// <summary>
/// Reads the text of a file with secrets: UTF-8, or UTF-16 where its byte order mark says so. It keeps every character, also
/// the mark, and refuses invalid bytes: with a replacement character, it would read another secret.
/// </summary>
internal static class SecretFile
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding Little = new(bigEndian: false, true, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding Big = new(bigEndian: true, true, throwOnInvalidBytes: true);

    /// <summary>
    /// Reads the file. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> where it can't be read,
    /// and <see cref="DecoderFallbackException"/> where it is not valid text.
    /// </summary>
    public static string Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        try
        {
            Encoding encoding = bytes switch
            {
                [0xFF, 0xFE, ..] => Little,
                [0xFE, 0xFF, ..] => Big,
                _ => Utf8,
            };
            return encoding.GetString(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
