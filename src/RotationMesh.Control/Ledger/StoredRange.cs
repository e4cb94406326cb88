using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Ranges;

namespace RotationMesh.Control.Ledger;

/// <summary>
/// The part of a range that differs between the partitions of a table, as the ledger keeps it:
/// <c>{"leaf":{"name":…,"schema":…},"pages":{"from":…,"to":…},"tenants":[…],"columns":"…"}</c>. Each part but the leaf's name is left
/// out where the range has none.
/// </summary>
internal sealed record StoredRange(
    StoredRange.StoredLeaf Leaf,
    StoredRange.StoredPages? Pages = null,
    IReadOnlyList<string>? Tenants = null,
    string? Columns = null
)
{
    // Names of tenants are not escaped: the text goes to a parameter, never into a page.
    private static readonly StoredRangeJson Json = new(
        new JsonSerializerOptions(StoredRangeJson.Default.StoredRange.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }
    );

    public static string Write(PartitionRange range)
    {
        var stored = new StoredRange(
            new StoredLeaf(range.Leaf.Name.Name, range.Leaf.Schema?.Name),
            range.Pages is { } pages ? new StoredPages(pages.From, pages.To) : null,
            range.Tenants,
            range.Columns
        );
        return JsonSerializer.Serialize(stored, Json.StoredRange);
    }

    /// <summary>Throws <see cref="JsonException"/> where the text is not a range.</summary>
    public static PartitionRange Read(string json, TableName table, long expectedRows)
    {
        var stored =
            JsonSerializer.Deserialize(json, Json.StoredRange)
            ?? throw new JsonException("a partition of the ledger has no range");
        return new PartitionRange
        {
            Scope = table.Scope,
            Database = table.Database,
            Table = table.Table,
            Leaf = new SqlName(
                stored.Leaf.Schema is { } schema ? new SqlIdentifier(schema) : null,
                new SqlIdentifier(stored.Leaf.Name)
            ),
            Pages = stored.Pages is { } pages ? new PageRange(pages.From, pages.To) : null,
            Tenants = stored.Tenants,
            Columns = stored.Columns,
            ExpectedRows = expectedRows,
        };
    }

    internal sealed record StoredLeaf(string Name, string? Schema = null);

    internal sealed record StoredPages(uint From, uint To);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(StoredRange))]
internal sealed partial class StoredRangeJson : JsonSerializerContext;
