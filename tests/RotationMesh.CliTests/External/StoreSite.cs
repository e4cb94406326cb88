using System.Text;
using System.Text.Json.Nodes;
using RotationMesh.TestKit;
using RotationMesh.TestKit.S3;

namespace RotationMesh.CliTests.External;

/// <summary>A site with rows whose values live in a bucket of a real S3-compatible server.</summary>
internal sealed class StoreSite : IAsyncDisposable
{
    private const string External = "external: \"content = '__external_storage__'\"";

    private StoreSite(Site site, TestBucket bucket) => (Site, Bucket) = (site, bucket);

    public Site Site { get; }

    public TestBucket Bucket { get; }

    /// <summary>The rows, in the order of their keys.</summary>
    public IReadOnlyList<ExternalRow> Rows { get; private set; } = [];

    public static async Task<StoreSite> LoadAsync(int external = 40, int rows = 200)
    {
        var bucket = await TestBucket.CreateAsync();
        var site = await Site.LoadAsync("--rows", $"{rows}", "--tenants", "4", "--external", $"{external}");
        site.Variables["AWS_ACCESS_KEY_ID"] = bucket.Server.AccessKeyId;
        site.Variables["AWS_SECRET_ACCESS_KEY"] = bucket.Server.SecretAccessKey;
        site.Map = site.Map.Replace(
            External,
            $"{External}\n      externalStore: {{ s3: {{ endpoint: \"{bucket.Server.Url}\", bucket: {bucket.Name}, key: storage_key }} }}",
            StringComparison.Ordinal
        );
        var loaded = new StoreSite(site, bucket)
        {
            Rows = await site.Database.QueryAsync<ExternalRow>(
                """
                SELECT id, coalesce("tenantId", 'company_hq') AS tenant, storage_key AS key FROM knowledge_entries
                WHERE content = '__external_storage__' ORDER BY id
                """
            ),
        };
        await Parallel.ForEachAsync(
            loaded.Rows,
            async (row, _) => await bucket.PutAsync(row.Key, Document(row, 1))
        );
        return loaded;
    }

    /// <summary>What the application writes; the envelope's neighbours are as odd as JSON allows.</summary>
    public static string Document(ExternalRow row, int version) =>
        $$"""
            { "id":"{{row.Id}}",
              "note" : "caf\u00e9 \"encrypted\": no",
              "nested": {"encrypted": "not this one"},
              "encrypted":"{{Envelope.Seal(
                version,
                row.Tenant,
                "knowledge_entry",
                Plaintext(row)
            )}}", "size": 1e2 }

            """;

    public static string Plaintext(ExternalRow row) => $"kept in the bucket for {row.Id}, ünïcode";

    /// <summary>The plaintext of a row's object under a version; null where it does not decrypt.</summary>
    public async Task<string?> OpenAsync(ExternalRow row, int version)
    {
        var envelope = (string)JsonNode.Parse((await Bucket.GetAsync(row.Key)).Body)!["encrypted"]!;
        try
        {
            return Encoding.UTF8.GetString(
                ReferenceEnvelope.Open(
                    MasterKeys.Values[version],
                    row.Tenant,
                    "knowledge_entry",
                    Convert.FromBase64String(envelope)
                )
            );
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Rows of those whose object opens under a version.</summary>
    public async Task<int> OpenedAsync(int version) =>
        (await Task.WhenAll(Rows.Select(row => OpenAsync(row, version)))).Count(text => text is not null);

    /// <summary>External rows of the database that are at a version.</summary>
    public Task<long> AtVersionAsync(int version) =>
        Site.Database.ScalarAsync<long>(
            $"""
            SELECT count(*) FROM knowledge_entries
            WHERE content = '__external_storage__' AND storage_key IS NOT NULL AND encryption_key_version = {version}
            """
        );

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await Bucket.DisposeAsync();
    }
}

/// <summary>A row whose value is in the bucket.</summary>
internal sealed record ExternalRow(string Id, string Tenant, string Key);
