using Npgsql;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Postgres;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Tables.Scanning;

/// <summary>
/// Looks for envelopes where the map names none: a value that nobody declared keeps its old key for ever. It also says what
/// it looked at. <paramref name="own"/> are this program's tables, which hold no values.
/// </summary>
public sealed class ColumnScan(
    ApplicationDatabases databases,
    KeyRing? ring,
    EnvelopeFormats formats,
    RotationMap map,
    ScanDepth depth,
    IReadOnlyList<SqlName>? own = null,
    SoughtVersion? sought = null
)
{
    /// <summary>Where the server keeps large objects; by this name they are left out.</summary>
    private const string LargeObjects = "pg_catalog.pg_largeobject";

    private readonly RowTenants rowTenants = new(map);
    private KnownTenants? tenants;

    /// <summary>Schemas, tables and columns that are left out.</summary>
    public SkippedLocations Skipped { get; init; } = SkippedLocations.None;

    /// <summary>Scans a database of the map. Throws <see cref="NpgsqlException"/> where it does not answer.</summary>
    public async Task<DatabaseScan> ScanAsync(string database, CancellationToken cancellationToken)
    {
        tenants ??= ring is null
            ? KnownTenants.None
            : await KnownTenants.ListAsync(databases, map, depth, cancellationToken);
        using var opener = new EnvelopeOpener(ring, formats, map, tenants, sought);
        var terms = new SearchTerms(tenants, new SearchBudget(depth.SearchTime, cancellationToken), sought);
        await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
        var before = Skipped.Met.ToHashSet();
        var looks = new List<TableLook>();
        var left = new List<NotLookedAt>();
        var (units, listed) = await ListAsync(connection, database, cancellationToken);
        var changes = new CatalogChanges(listed);
        var toRead = units.All;
        for (var round = 0; ; round++)
        {
            foreach (var unit in toRead.Select(unit => Without(database, unit)))
                if (!IsSkipped(database, unit.Relation))
                    await LookAsync(
                        unit,
                        new UnitReading(connection, unit, depth, opener, terms, rowTenants),
                        looks,
                        left,
                        cancellationToken
                    );
            (units, listed) = await ListAsync(connection, database, cancellationToken);
            toRead = [.. units.Alone(changes.Since(listed))];
            if (!toRead.Any())
                break;
            if (round < CatalogChanges.MostRounds)
                continue;
            left.AddRange(
                toRead
                    .Where(unit => !IsSkipped(database, unit.Relation))
                    .Select(unit => new NotLookedAt(
                        unit.Relation.Shown,
                        null,
                        CatalogChanges.Reason,
                        UnreadCause.MayPass
                    ))
            );
            break;
        }

        // Asked whether there are any or not: an operator may leave out, once and for all, what is not there at the moment.
        if (
            !Skipped.Has(database, LargeObjects, null)
            && await ScanCatalog.CountLargeObjectsAsync(connection, cancellationToken) is > 0 and var objects
        )
            left.Add(
                new NotLookedAt(
                    LargeObjects,
                    null,
                    $"the scan does not read large objects, of which there are {objects}",
                    UnreadCause.NotRead
                )
            );
        return new DatabaseScan
        {
            Database = database,
            Tables = looks,
            NotLookedAt = left,
            TenantsTried = tenants.All.Count,
            TenantsUnknown = tenants.Unknown,
            Skipped = [.. Skipped.Met.Where(place => !before.Contains(place))],
        };
    }

    private async Task<(ScanUnits Units, IReadOnlyList<ScanRelation> Relations)> ListAsync(
        NpgsqlConnection connection,
        string database,
        CancellationToken cancellationToken
    )
    {
        ScanRelation[] relations =
        [
            .. (await ScanCatalog.ListAsync(connection, cancellationToken)).Where(relation =>
                own?.Contains(relation.Table) != true
            ),
        ];
        var same = await databases.Places.SameAsync(database, cancellationToken);
        return (
            new ScanUnits(relations, await DeclaredAsync(connection, same, cancellationToken)),
            relations
        );
    }

    // Asks for both: a place that is given beside its schema is no mistake.
    private bool IsSkipped(string database, ScanRelation relation) =>
        Skipped.Has(database, new SqlIdentifier(relation.Schema))
        | Skipped.Has(database, relation.Shown, null);

    private ScanUnit Without(string database, ScanUnit unit) =>
        unit with
        {
            Skipped = unit
                .Undeclared.Where(column => Skipped.Has(database, unit.Relation.Shown, column))
                .ToHashSet(),
        };

    private static async Task LookAsync(
        ScanUnit unit,
        UnitReading reading,
        List<TableLook> looks,
        List<NotLookedAt> left,
        CancellationToken cancellationToken
    )
    {
        var table = unit.Relation.Shown;
        if (Closed(unit) is (var reason, var cause))
        {
            left.Add(new NotLookedAt(table, null, reason, cause));
            return;
        }

        left.AddRange(
            unit.Unreadable.Select(column => new NotLookedAt(
                table,
                column.Column,
                column.Reason,
                column.Cause
            ))
        );
        if (!unit.Judged.Any())
            return;
        try
        {
            looks.Add(await reading.ReadAsync(cancellationToken));
        }
        catch (PostgresException fault) when (reading.CanGoOn)
        {
            // What was dropped since the catalog was read holds nothing any more.
            if (await reading.IsThereAsync(cancellationToken))
                left.Add(
                    new NotLookedAt(
                        table,
                        null,
                        DatabaseFaults.Describe(fault),
                        MayPass(fault) ? UnreadCause.MayPass : UnreadCause.Refused
                    )
                );
        }
    }

    // Somebody locks, renames or alters the table at this moment.
    private static bool MayPass(PostgresException fault) =>
        fault.IsTransient
        || fault.SqlState
            is PostgresErrorCodes.LockNotAvailable
                or PostgresErrorCodes.QueryCanceled
                or PostgresErrorCodes.UndefinedTable
                or PostgresErrorCodes.UndefinedColumn;

    private static (string Reason, UnreadCause Cause)? Closed(ScanUnit unit) =>
        unit.Relation.Kind == "f"
            ? ("a foreign table: scan the database that holds its rows", UnreadCause.Foreign)
        : !unit.Relation.IsPopulated ? ("a materialised view without data has no rows", UnreadCause.NoData)
        : !unit.Relation.MayUseSchema ? ("the role has no right to use the schema", UnreadCause.NoUsage)
        : unit.Unreadable.Any() && !unit.Judged.Any() && !unit.Relation.Unread.Contains(true)
            ? (ScanUnit.NoRight, UnreadCause.NoRight)
        : null;

    private async Task<Dictionary<long, Dictionary<string, DeclaredColumn>>> DeclaredAsync(
        NpgsqlConnection connection,
        IReadOnlyList<string> same,
        CancellationToken cancellationToken
    )
    {
        var declared = new Dictionary<long, Dictionary<string, DeclaredColumn>>();
        var catalog = new Catalog(connection, cancellationToken);
        foreach (var entry in map.Tables.Where(entry => same.Contains(entry.Database)))
        {
            if (await catalog.FindTableAsync(entry.Table) is not { } table)
                continue;
            if (!declared.TryGetValue(table.Oid, out var columns))
                declared.Add(table.Oid, columns = []);
            foreach (var column in entry.Columns)
            {
                if (!columns.TryGetValue(column.Name.Name, out var places))
                    columns.Add(column.Name.Name, places = new DeclaredColumn());
                places.Add(column.Path);
                places.IsOnly |= entry.Only;
            }
        }

        return declared;
    }
}
