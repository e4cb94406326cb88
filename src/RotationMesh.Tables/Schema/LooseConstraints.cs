using Dapper;

namespace RotationMesh.Tables.Schema;

/// <summary>
/// Constraints of a table, and of the tables that hold its rows, that are NOT VALID: rows that were there before may not satisfy
/// them, and a check is made at any update of a row.
/// </summary>
public sealed class LooseConstraints(ApplicationDatabases databases)
{
    private const string Find = """
        SELECT DISTINCT
               CASE WHEN k.contype OPERATOR(pg_catalog.=) 'c' THEN 'check constraint'
                    WHEN k.contype OPERATOR(pg_catalog.=) 'f' THEN 'foreign key' ELSE 'constraint' END AS Kind,
               pg_catalog.quote_ident(k.conname::pg_catalog.text) AS Quoted,
               k.conrelid::pg_catalog.regclass::pg_catalog.text AS Table,
               k.contype OPERATOR(pg_catalog.<>) 'f' AS IsAsked
        FROM pg_catalog.unnest(@tables::pg_catalog.text[]) AS e (name)
        JOIN pg_catalog.pg_constraint k
          ON k.conrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(e.name)::pg_catalog.oid
        WHERE NOT k.convalidated ORDER BY 3, 2
        """;

    /// <summary>Each of them, by its kind and name.</summary>
    public async Task<IReadOnlyList<LooseConstraint>> ListAsync(
        MappedTable target,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        var found = await connection.QueryAsync<LooseConstraint>(
            new CommandDefinition(
                Find,
                new
                {
                    tables = target
                        .Shape.Leaves.Select(leaf => leaf.Quoted)
                        .Prepend(target.Shape.Quoted)
                        .ToArray(),
                },
                cancellationToken: cancellationToken
            )
        );
        return found.AsList();
    }
}

/// <summary>A constraint that is NOT VALID; names are quoted where they have to be.</summary>
public sealed record LooseConstraint
{
    /// <summary>Check constraint, foreign key or another.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Quoted { get; init; } = "";

    /// <summary>The table that it is on.</summary>
    public string Table { get; init; } = "";

    /// <summary>Whether a rotation of a row asks it: a foreign key only where its own columns change.</summary>
    public bool IsAsked { get; init; }

    /// <summary>For people.</summary>
    public string Name => $"{Kind} {Quoted}";
}
