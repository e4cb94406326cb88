using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RotationMesh.Core.Envelopes;

/// <summary>
/// Tells quickly which of many envelopes a key may open: it computes only their authentication tags (NIST SP 800-38D,
/// sections 6.3, 6.4 and 7.2), never a plaintext. With a wrong key, <see cref="EnvelopeCipher"/> costs about 5 µs,
/// because AES-GCM reports it by an exception; this class costs a tenth of that. For one thread at a time.
/// </summary>
public sealed class EnvelopeTrial : IDisposable
{
    /// <summary>Longest envelope that is tried here, in bytes; AES-GCM itself is faster for a longer one.</summary>
    public const int Longest = 2_048;

    private const int BlockBytes = 16;

    /// <summary>The field's polynomial in GCM's bit order: the first bit of a block is the coefficient of x^0.</summary>
    private static readonly UInt128 Polynomial = (UInt128)0xE1 << 120;

    /// <summary>
    /// For each value of a block's last eight bits, which a multiplication by x^8 shifts out: what they become modulo the
    /// polynomial.
    /// </summary>
    private static readonly UInt128[] Returns =
    [
        .. Enumerable.Range(0, 256).Select(bits => TimesX8((UInt128)bits)),
    ];

    private readonly IReadOnlyList<byte[]> envelopes;
    private readonly byte[] counters;
    private readonly byte[] masks;
    private readonly UInt128[] multiples = new UInt128[256];

    /// <summary>Takes the envelopes to try; each must be long enough to be an envelope.</summary>
    public EnvelopeTrial(IReadOnlyList<byte[]> envelopes)
    {
        ArgumentNullException.ThrowIfNull(envelopes);
        this.envelopes = envelopes;
        // The first block stays zero: its encryption is the key of the hash. The others are the envelopes' first counters.
        counters = new byte[(envelopes.Count + 1) * BlockBytes];
        masks = GC.AllocateUninitializedArray<byte>(counters.Length, pinned: true);
        for (var at = 0; at < envelopes.Count; at++)
        {
            var counter = counters.AsSpan((at + 1) * BlockBytes, BlockBytes);
            envelopes[at].AsSpan(0, EnvelopeCipher.NonceBytes).CopyTo(counter);
            counter[^1] = 1;
        }
    }

    /// <summary>
    /// Whether the key that was taken last may open the envelope at index <paramref name="at"/>: true where its tag
    /// matches, and where the envelope is longer than <see cref="Longest"/>.
    /// </summary>
    public bool MayOpen(int at)
    {
        var envelope = envelopes[at].AsSpan();
        if (envelope.Length > Longest)
            return true;
        var tag = BinaryPrimitives.ReadUInt128BigEndian(envelope[EnvelopeCipher.NonceBytes..]);
        var mask = BinaryPrimitives.ReadUInt128BigEndian(masks.AsSpan((at + 1) * BlockBytes));
        return (Hash(envelope[EnvelopeCipher.OverheadBytes..]) ^ mask) == tag;
    }

    /// <summary>Zeroes what was computed from the last key.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(masks);
        Array.Clear(multiples);
    }

    /// <summary>
    /// Takes a derived key of 32 bytes, which <see cref="MayOpen"/> uses from then on; the caller zeroes it.
    /// </summary>
    internal void Take(ReadOnlySpan<byte> derivedKey)
    {
        using var aes = Aes.Create();
        aes.SetKey(derivedKey);
        aes.EncryptEcb(counters, masks, PaddingMode.None);
        var power = BinaryPrimitives.ReadUInt128BigEndian(masks);
        for (var bit = 0x80; bit > 0; bit >>= 1)
        {
            multiples[bit] = power;
            power = TimesX(power);
        }

        for (var high = 2; high < multiples.Length; high <<= 1)
        for (var low = 1; low < high; low++)
            multiples[high + low] = multiples[high] ^ multiples[low];
    }

    // GHASH of a ciphertext without associated data.
    private UInt128 Hash(ReadOnlySpan<byte> ciphertext)
    {
        var hash = UInt128.Zero;
        var rest = ciphertext;
        for (; rest.Length >= BlockBytes; rest = rest[BlockBytes..])
            hash = Times(hash ^ BinaryPrimitives.ReadUInt128BigEndian(rest));
        if (!rest.IsEmpty)
        {
            Span<byte> last = stackalloc byte[BlockBytes];
            last.Clear();
            rest.CopyTo(last);
            hash = Times(hash ^ BinaryPrimitives.ReadUInt128BigEndian(last));
        }

        return Times(hash ^ ((UInt128)ciphertext.Length * 8));
    }

    // Multiplies by the hash's key: eight coefficients at a time, from the highest on (Horner).
    private UInt128 Times(UInt128 block)
    {
        var product = UInt128.Zero;
        for (var at = 0; at < BlockBytes; at++, block >>= 8)
            product = (product >> 8) ^ Returns[(byte)product] ^ multiples[(byte)block];
        return product;
    }

    private static UInt128 TimesX(UInt128 block) => (block & 1) == 0 ? block >> 1 : (block >> 1) ^ Polynomial;

    private static UInt128 TimesX8(UInt128 block)
    {
        for (var times = 0; times < 8; times++)
            block = TimesX(block);
        return block;
    }
}
