using RotationMesh.Control.Guards;
using RotationMesh.Core.Map;

namespace RotationMesh.Control.Failures;

/// <summary>The recorded failures that an operator's retry tries again.</summary>
public sealed class RetriedFailures(ControlDatabase control)
{
    /// <summary>Most tenants of a table that are read one by one; where more have failures, the whole table is read.</summary>
    private const int MostTenants = 1000;

    private const string Find = """
        SELECT scope, database_name, table_name,
               CASE WHEN bool_or(tenant IS NULL) OR count(DISTINCT tenant) > @most THEN NULL
                    ELSE array_agg(DISTINCT tenant) END AS tenants
        FROM rotationmesh.row_failures
        WHERE rotation_id = @rotationId
          AND (cardinality(@scopes) = 0 OR scope = ANY (@scopes))
          AND (cardinality(@tenants) = 0 OR tenant = ANY (@tenants))
          AND (cardinality(@errors) = 0 OR error = ANY (@errors))
        GROUP BY 1, 2, 3
        """;

    private const string ReadAgain = """
        UPDATE rotationmesh.row_failures SET read_again = true
        WHERE NOT read_again AND rotation_id = @rotationId AND scope = @Scope AND database_name = @DatabaseName AND table_name = @TableName
          AND (@Tenants::text[] IS NULL OR tenant = ANY (@Tenants))
        """;

    /// <summary>Finds the tables with failures of the scopes, tenants and error classes; an empty list narrows nothing.</summary>
    public Task<IReadOnlyList<RetriedTable>> FindAsync(
        Guid rotationId,
        IReadOnlyList<string> scopes,
        IReadOnlyList<string> tenants,
        IReadOnlyList<string> errors,
        CancellationToken cancellationToken
    ) =>
        control.QueryAsync<RetriedTable>(
            Find,
            new
            {
                rotationId,
                scopes = scopes.ToArray(),
                tenants = tenants.ToArray(),
                errors = errors.ToArray(),
                most = MostTenants,
            },
            cancellationToken
        );

    /// <summary>
    /// Marks the failures of what is read again, before the sweep finds them anew: they are not listed, and are forgotten only at the
    /// end of a rotation that has read them (migration 0038). The statement runs in the session that holds the guard, so that failures
    /// of a sweep that somebody else has planned meanwhile stay.
    /// </summary>
    public static Task ReadAgainAsync(
        HeldWork held,
        Guid rotationId,
        RetriedTable table,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(table);
        return held.ExecuteAsync(
            ReadAgain,
            new
            {
                rotationId,
                table.Scope,
                table.DatabaseName,
                table.TableName,
                table.Tenants,
            },
            cancellationToken
        );
    }
}

/// <summary>A table with failures to retry.</summary>
public sealed record RetriedTable
{
    /// <summary>Scope of the table.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Database of the table.</summary>
    public string DatabaseName { get; init; } = "";

    /// <summary>Table as the map names it.</summary>
    public string TableName { get; init; } = "";

    /// <summary>The table, by the names of the map.</summary>
    public TableName FullName => new(Scope, DatabaseName, TableName);

    /// <summary>The tenants of the failed rows; null where all tenants have to be read.</summary>
    public string[]? Tenants { get; init; }
}
