using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;

namespace RotationMesh.Benchmarks;

/// <summary>Re-encrypts one stored value: decode, decrypt, encrypt, decrypt the result again, compare, encode.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class ValueBenchmark : IDisposable
{
    private const string Tenant = "c2zgr8y6o0ap8cajbuw6mtun9";
    private readonly KeyRing ring = new(
        2,
        Enumerable
            .Range(1, 2)
            .Select(version => KeyValuePair.Create(version, RandomNumberGenerator.GetHexString(64)))
    );
    private readonly HkdfAes256Gcm format = new("ocsuite-crypto-v1", "{tenant}:{context}");
    private readonly byte[] nonce = new byte[EnvelopeCipher.NonceBytes];
    private Reencryptor reencryptor = null!;
    private EnvelopeColumn column = null!;
    private byte[] stored = [];
    private byte[] destination = [];

    /// <summary>Bytes of plaintext.</summary>
    [Params(200, 1024, 102_400)]
    public int Plaintext { get; set; }

    /// <summary>Encrypts a random plaintext under version 1.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        reencryptor = new Reencryptor(ring);
        column = new EnvelopeColumn(format, "knowledge_entry", EnvelopeEncoding.Base64);
        var plaintext = RandomNumberGenerator.GetBytes(Plaintext);
        var space = new byte[Plaintext * 2 + 100];
        var length = reencryptor.Encrypt(column, Tenant, 1, plaintext, nonce, space);
        stored = space[..length];
        destination = new byte[Reencryptor.MaxSealedLength(EnvelopeEncoding.Base64, length)];
    }

    /// <summary>From version 1 to version 2.</summary>
    [Benchmark]
    public int Reencrypt()
    {
        // The nonce is random in the product; drawing it is measured with the rotation as a whole.
        reencryptor.Reencrypt(column, Tenant, 1, 2, stored, nonce, destination, out var written);
        return written;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        reencryptor?.Dispose();
        format.Dispose();
        ring.Dispose();
        GC.SuppressFinalize(this);
    }
}
