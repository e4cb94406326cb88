using System.Globalization;
using Dapper;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Census;

/// <summary>
/// Says how far to trust a count of a table whose policies show one tenant at a time: where its tenants come from,
/// whether the database's statistics know of more rows, and which policies ask for more than the tenant.
/// </summary>
public sealed class TenantTrust(ApplicationDatabases databases)
{
    /// <summary>Share of the estimated rows that may be missing without a note: statistics may be days old.</summary>
    private const double MissingShare = 0.2;

    /// <summary>Rows that may always be missing without a note: the estimate of a small table is a guess.</summary>
    private const double MissingRows = 20;

    // A table that was never analyzed has reltuples -1 (up to PostgreSQL 13: 0, without pages); the sum is unknown then.
    private const string Estimate = $"""
        WITH RECURSIVE tree AS (
            SELECT pg_catalog.to_regclass(@table)::pg_catalog.oid AS oid
            UNION
            SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent OPERATOR(pg_catalog.=) tree.oid
            WHERE NOT {PendingDetach.IsPending})
        SELECT CASE WHEN pg_catalog.bool_and(c.reltuples OPERATOR(pg_catalog.>) 0 OR (c.reltuples OPERATOR(pg_catalog.=) 0 AND c.relpages OPERATOR(pg_catalog.>) 0))
                    THEN pg_catalog.sum(c.reltuples)::pg_catalog.float8 END
        FROM tree JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) tree.oid WHERE c.relkind OPERATOR(pg_catalog.=) 'r'
        """;

    /// <summary>
    /// Returns sentences for the operator; none where the role sees every row. For named tenants, they tell of the policies
    /// alone.
    /// </summary>
    public async Task<IReadOnlyList<string>> DescribeAsync(
        MappedTable target,
        IReadOnlyList<string>? tenants,
        long counted,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!target.ByTenant)
            return [];
        var notes = target
            .Shape.Hiding.Select(doubt =>
                $"table {target.Entry.Shown}: {doubt.Problem}: rows that it hides are not counted; {doubt.Fix}"
            )
            .ToList();
        if (tenants is not null)
            return notes;
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        var source = await new TenantList(connection).SourceAsync(target, cancellationToken);
        notes.Add(
            $"table {target.Entry.Shown} is counted tenant by tenant, because of row-level security: its tenants are those of "
                + (source ?? "no list that can be found")
        );
        var estimate = await connection.ExecuteScalarAsync<double?>(
            new CommandDefinition(
                Estimate,
                new { table = target.Shape.Quoted },
                cancellationToken: cancellationToken
            )
        );
        if (estimate is { } known && known - counted > Math.Max(MissingRows, MissingShare * known))
            notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"table {target.Entry.Shown}: {counted} rows were counted, and the database's statistics know of about {known:0}: tenants may be missing from the list, whose rows are neither counted nor rotated"
                )
            );
        return notes;
    }
}
