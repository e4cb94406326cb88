using System.Text;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Support;

/// <summary>Reads the sample's values as the application would, with a key ring of one key.</summary>
internal static class Plaintexts
{
    private const string Values = """
        SELECT 'connectors/' || id || '/access' AS name, "tenantId" AS tenant, 'connector-tokens' AS context,
               encryption_key_version AS version, "encryptedAccessToken" AS stored FROM connectors
        UNION ALL
        SELECT 'connectors/' || id || '/refresh', "tenantId", 'connector-tokens',
               encryption_key_version, "encryptedRefreshToken" FROM connectors WHERE "encryptedRefreshToken" <> ''
        UNION ALL
        SELECT 'knowledge_entries/' || id, coalesce("tenantId", 'company_hq'), 'knowledge_entry',
               encryption_key_version, content FROM knowledge_entries WHERE content <> '__external_storage__'
        UNION ALL
        SELECT 'knowledge_sources/' || id, coalesce("tenantId", 'company_hq'), 'knowledge_source',
               encryption_key_version, configuration->>'credentials' FROM knowledge_sources
        WHERE configuration->>'credentials' <> ''
        """;

    /// <summary>Every stored value.</summary>
    public static Task<IReadOnlyList<StoredValue>> StoredAsync(this TestDatabase database) =>
        database.QueryAsync<StoredValue>(Values);

    /// <summary>The plaintexts by name of those values that the key of <paramref name="version"/> opens.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> OpenAsync(
        this TestDatabase database,
        int version
    )
    {
        using var ring = new KeyRing(version, [KeyValuePair.Create(version, MasterKeys.Values[version])]);
        using var format = new HkdfAes256Gcm("ocsuite-crypto-v1", "{tenant}:{context}");
        var opened = new Dictionary<string, string>();
        foreach (var value in await database.StoredAsync())
        {
            if (Open(ring.Keys.Single(), format, value) is { } plaintext)
                opened.Add(value.Name, plaintext);
        }

        return opened;
    }

    private static string? Open(MasterKey key, HkdfAes256Gcm format, StoredValue value)
    {
        var envelope = new byte[value.Stored.Length];
        if (!Convert.TryFromBase64String(value.Stored, envelope, out var length))
            return null;
        using var cipher = format.CreateCipher(key, value.Tenant, value.Context);
        var plaintext = new byte[length];
        var error = cipher.Open(envelope.AsSpan(0, length), plaintext, out var written);
        return error == EnvelopeError.None ? Encoding.UTF8.GetString(plaintext, 0, written) : null;
    }
}

/// <summary>A value as the database holds it.</summary>
internal sealed record StoredValue
{
    /// <summary>Table, id and, where a row has several, which.</summary>
    public string Name { get; init; } = "";

    public string Tenant { get; init; } = "";

    public string Context { get; init; } = "";

    /// <summary>The version that its row claims.</summary>
    public int Version { get; init; }

    public string Stored { get; init; } = "";
}
