using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;

namespace RotationMesh.UnitTests.Vectors;

/// <summary>One vector of the file; which fields are there depends on its kind.</summary>
internal sealed record Vector
{
    /// <summary>A version that no vector uses: what values are re-encrypted to.</summary>
    public const int OtherVersion = 1000;

    public const string OtherKey = "another-master-key-of-sufficient-length-0815";

    public required string Id { get; init; }

    public string? Kind { get; init; }

    public string? Operation { get; init; }

    public string? MasterKey { get; init; }

    public IReadOnlyDictionary<int, string>? Registry { get; init; }

    public int KeyVersion { get; init; }

    public required string TenantId { get; init; }

    public required string Context { get; init; }

    public string Plaintext { get; init; } = "";

    public string Ciphertext { get; init; } = "";

    public string? DerivedKeyHex { get; init; }

    public string? ErrorClass { get; init; }

    /// <summary>The application's format; the caller disposes it.</summary>
    public static HkdfAes256Gcm Format() => new("ocsuite-crypto-v1", "{tenant}:{context}");

    public EnvelopeColumn Column(HkdfAes256Gcm format) => new(format, Context, EnvelopeEncoding.Base64);

    /// <summary>The vector's keys and one more, as the current one.</summary>
    public KeyRing Ring()
    {
        var keys = new Dictionary<int, string>(Registry ?? new Dictionary<int, string>())
        {
            [OtherVersion] = OtherKey,
        };
        if (MasterKey is not null)
            keys[KeyVersion] = MasterKey;
        return new KeyRing(OtherVersion, keys);
    }
}
