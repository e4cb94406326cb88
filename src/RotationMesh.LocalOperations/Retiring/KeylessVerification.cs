using System.Globalization;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Verifying;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;

namespace RotationMesh.LocalOperations.Retiring;

/// <summary>
/// Decrypts the rows of the map without the keys of versions that nothing seems to need, to prove that they can be spared.
/// </summary>
internal sealed class KeylessVerification(
    RotationMap map,
    KeyRing ring,
    ApplicationDatabases databases,
    SchemaCheck schema
)
{
    /// <summary>Rows that were read and of which nothing failed.</summary>
    public long Verified { get; private set; }

    /// <summary>Rows that were read and that hold no value.</summary>
    public long Empty { get; private set; }

    /// <summary>
    /// Decrypts the <paramref name="share"/> of the rows without the <paramref name="spared"/> versions, and returns what speaks
    /// against sparing them: rows that do not decrypt, and rows that changed each time that they were to be decrypted.
    /// </summary>
    public async Task<IReadOnlyList<string>> FindAsync(
        IReadOnlyList<KeyDocument> spared,
        Func<long, double?> share,
        RotationProgress progress,
        CancellationToken cancellationToken
    )
    {
        using var without = ring.Without(spared.Select(key => (int)key.Version!.Value));
        var report = await new TableVerification(without, databases, schema, progress).RunAsync(
            [.. map.Tables],
            new VerificationRequest
            {
                Share = share,
                Workers = Environment.ProcessorCount,
                ColumnsAreJudged = true,
            },
            cancellationToken
        );
        Verified = report.Tables.Sum(table => table.Verified);
        Empty = report.Tables.Sum(table => table.Empty);
        var found = new List<string>();
        if (report.Tables.Sum(table => table.Failed) is > 0 and var unreadable)
            found.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{unreadable} rows do not decrypt without it under the version that they claim; verify lists them"
                )
            );
        foreach (var table in report.Tables)
            if (Changing(table) is { } changing)
                found.Add($"{changing} without it: try again when they are written less often");
        return found;
    }

    private static string? Changing(VerifiedTable table) =>
        ChangingRows.Describe(new TableName(table.Scope, table.Database, table.Table), table.Changing);
}
