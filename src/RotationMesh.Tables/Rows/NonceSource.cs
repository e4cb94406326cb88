using System.Security.Cryptography;
using RotationMesh.Core.Envelopes;

namespace RotationMesh.Tables.Rows;

/// <summary>
/// Random nonces (NIST SP 800-38D, 8.2.2), drawn about a thousand at a time: a system call for each would slow rewriting down.
/// </summary>
internal sealed class NonceSource
{
    private const int Drawn = 1024;

    private readonly byte[] nonces = new byte[Drawn * EnvelopeCipher.NonceBytes];
    private int next = Drawn;

    /// <summary>Returns a nonce that was never handed out; the span is valid until the next call.</summary>
    public ReadOnlySpan<byte> Next()
    {
        if (next == Drawn)
        {
            RandomNumberGenerator.Fill(nonces);
            next = 0;
        }

        return nonces.AsSpan(next++ * EnvelopeCipher.NonceBytes, EnvelopeCipher.NonceBytes);
    }
}
