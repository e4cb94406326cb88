using System.Text.RegularExpressions;
using RotationMesh.Core.Map;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>Reads <c>externalStore</c> of a table: where the values of its external rows live.</summary>
internal static partial class ExternalStoreSection
{
    internal static readonly KeySet Keys = new(Required: ["s3"], Optional: []);

    internal static readonly KeySet S3Keys = new(
        Required: ["bucket", "key"],
        Optional: ["column", "endpoint", "region"]
    );

    /// <summary>
    /// Reads the store of <paramref name="table"/>, whose predicate <c>external</c> selects the external rows.
    /// </summary>
    public static ExternalStoreEntry Read(MapNode node, TableEntry table)
    {
        if (table.External is null)
            throw node.Fault(
                $"{node.Name} needs the key 'external' beside it: the predicate of the rows whose value is there"
            );
        var s3 = node.Fields(Keys).Required("s3");
        var fields = s3.Fields(S3Keys);
        return new ExternalStoreEntry
        {
            Bucket = Bucket(fields.Required("bucket")),
            Key = Key(fields.Required("key"), table),
            Column = Column(fields.Optional("column"), s3, table),
            Endpoint = fields.Optional("endpoint") is { } endpoint ? Endpoint(endpoint) : null,
            Region = fields.Optional("region")?.Text().Value,
            Line = node.Line,
        };
    }

    private static string Bucket(MapNode node) =>
        BucketForm().IsMatch(node.Text().Value)
            ? node.Text().Value
            : throw node.Fault(
                $"{node.Name} is not the name of a bucket: 3 to 63 lower-case letters, digits, '.' and '-'"
            );

    private static SqlIdentifier Key(MapNode node, TableEntry table)
    {
        var key = SqlNames.Column(node);
        return key == table.Version || table.Columns.Any(column => column.Name == key)
            ? throw node.Fault(
                $"{node.Name} names a column that a rotation changes: name the one of the object's key"
            )
            : key;
    }

    private static int Column(MapNode? node, MapNode s3, TableEntry table)
    {
        if (node is null)
            return table.Columns.Count == 1
                ? 0
                : throw s3.Fault(
                    $"{s3.Name} does not say whose value is in the bucket: add column:, one of the table's encrypted columns"
                );
        var name = SqlNames.Column(node);
        for (var i = 0; i < table.Columns.Count; i++)
        {
            if (table.Columns[i].Name == name)
                return i;
        }

        throw node.Fault($"{node.Name} is none of the table's encrypted columns");
    }

    private static Uri Endpoint(MapNode node)
    {
        var endpoint = HttpSection.Url(node);
        return endpoint.UserInfo.Length == 0 && endpoint.Query.Length == 0
            ? endpoint
            : throw node.Fault(
                $"{node.Name} must have no credentials: they come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)"
            );
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z")]
    private static partial Regex BucketForm();
}
