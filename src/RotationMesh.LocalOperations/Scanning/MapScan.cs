using RotationMesh.Control.Schema;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;
using RotationMesh.Tables.Scanning;

namespace RotationMesh.LocalOperations.Scanning;

/// <summary>Scans databases of the map for envelopes where the map names none.</summary>
internal sealed class MapScan(
    RotationMap map,
    KeyRing? ring,
    ApplicationDatabases databases,
    EnvelopeFormats formats,
    ScanDepth depth,
    SoughtVersion? sought = null,
    SkippedLocations? skipped = null
)
{
    private readonly ColumnScan scan = new(databases, ring, formats, map, depth, OwnTables.All, sought)
    {
        Skipped = skipped ?? SkippedLocations.None,
    };

    /// <summary>Scans one database; throws <see cref="Npgsql.NpgsqlException"/> where it does not answer.</summary>
    public async Task<ScanDocument> ScanAsync(string database, CancellationToken cancellationToken) =>
        Of(await scan.ScanAsync(database, cancellationToken));

    private static ScanDocument Of(DatabaseScan scan) =>
        new()
        {
            Database = scan.Database,
            Tables = [.. scan.Tables.Select(Of)],
            NotLookedAt =
            [
                .. scan.NotLookedAt.Select(left => new UnscannedDocument(
                    left.Table,
                    left.Column,
                    left.Reason,
                    left.Cause == UnreadCause.MayPass
                )
                {
                    Cause = left.Cause.ToString(),
                    Place = SkippedLocations.Name(scan.Database, left.Table, left.Column),
                }),
            ],
            TenantsTried = scan.TenantsTried,
            TenantsUnknown = scan.TenantsUnknown,
            Skipped = scan.Skipped,
        };

    private static ScannedTable Of(TableLook look) =>
        new()
        {
            Table = look.Table,
            FinalizeWith = look.FinalizeWith,
            RowsLookedAt = look.RowsLookedAt,
            Rows = look.Rows,
            Whole = look.Whole,
            CutShort = look.CutShort,
            IsUnfinished = look.IsUnfinished,
            RowsWithLargeValues = look.RowsWithLargeValues,
            RowSecurity = look.RowSecurity,
            Columns = [.. look.Columns.Select(column => new ScannedColumn(column.Column, column.Values))],
            Found = [.. look.Found.Select(Of)],
            Untried =
            [
                .. look.Untried.Select(untried => new UntriedDocument(
                    untried.Column,
                    untried.Path,
                    untried.Values,
                    untried.Cause.ToString()
                )),
            ],
        };

    private static FoundDocument Of(FoundEnvelopes found) =>
        new(
            found.Column,
            found.Path,
            found.Values,
            found.Likely,
            [
                .. found.Opened.Select(opened => new OpenedDocument(
                    opened.Version,
                    opened.Context,
                    opened.Values
                )),
            ]
        );
}
