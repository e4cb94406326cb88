using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using RotationMesh.TestKit;

namespace RotationMesh.MeshTests.Support;

/// <summary>
/// What the encrypted columns of the sample say, opened with the platform's cryptography alone under the key of the version
/// that each row claims: a digest for each value. Two that are equal hold the same values, whatever the keys.
/// </summary>
internal sealed class Plaintexts
{
    private static readonly Dictionary<int, string> Keys = new()
    {
        [1] = SampleWorld.OldKey,
        [2] = SampleWorld.NewKey,
    };

    private const string Values = """
        SELECT 'access ' || id AS name, "tenantId" AS tenant, 'connector-tokens' AS context,
               encryption_key_version AS version, "encryptedAccessToken" AS text FROM connectors
        UNION ALL
        SELECT 'refresh ' || id, "tenantId", 'connector-tokens', encryption_key_version, "encryptedRefreshToken" FROM connectors
        UNION ALL
        SELECT 'entry ' || id, coalesce("tenantId", 'company_hq'), 'knowledge_entry', encryption_key_version, content
        FROM knowledge_entries
        UNION ALL
        SELECT 'source ' || id, coalesce("tenantId", 'company_hq'), 'knowledge_source', encryption_key_version,
               configuration ->> 'credentials' FROM knowledge_sources
        """;

    private readonly IReadOnlyDictionary<string, string> digests;

    private Plaintexts(IReadOnlyDictionary<string, string> digests) => this.digests = digests;

    /// <summary>How many values there are.</summary>
    public int Count => digests.Count;

    /// <summary>Opens every value but the empty ones, which nobody encrypts. One that does not open is compared as it is.</summary>
    public static async Task<Plaintexts> ReadAsync(TestDatabase database)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        var values = await connection.QueryAsync<Value>($"SELECT * FROM ({Values}) v WHERE text <> ''");
        var digests = new ConcurrentDictionary<string, string>();
        Parallel.ForEach(values, value => digests[value.Name] = Digest(value));
        return new Plaintexts(digests);
    }

    /// <summary>Names of values that are missing here or there, or say something else.</summary>
    public IReadOnlyList<string> DifferencesFrom(Plaintexts other) =>
        [
            .. digests
                .Keys.Union(other.digests.Keys)
                .Where(name => digests.GetValueOrDefault(name) != other.digests.GetValueOrDefault(name)),
        ];

    private static string Digest(Value value)
    {
        try
        {
            return Convert.ToHexString(
                SHA256.HashData(
                    ReferenceEnvelope.Open(
                        Keys[value.Version],
                        value.Tenant,
                        value.Context,
                        Convert.FromBase64String(value.Text)
                    )
                )
            );
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            return $"unreadable: {Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(value.Text)))}";
        }
    }

    private sealed record Value
    {
        public string Name { get; init; } = "";
        public string Tenant { get; init; } = "";
        public string Context { get; init; } = "";
        public int Version { get; init; }
        public string Text { get; init; } = "";
    }
}
