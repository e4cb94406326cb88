using Dapper;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Schema;

/// <summary>
/// Finds the NOT VALID constraints of a table and of its leaf tables. Older rows may violate them, and an update of such a
/// row may then fail.
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

    /// <summary>Returns each constraint with its kind and name.</summary>
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

/// <summary>A NOT VALID constraint. Names are quoted where SQL needs it.</summary>
public sealed record LooseConstraint
{
    /// <summary>Check constraint, foreign key or another.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Its name.</summary>
    public string Quoted { get; init; } = "";

    /// <summary>The constraint's table.</summary>
    public string Table { get; init; } = "";

    /// <summary>Whether re-encrypting a row checks it. A foreign key is checked only if one of its own columns changes.</summary>
    public bool IsAsked { get; init; }

    /// <summary>Returns a description for people.</summary>
    public string Name => $"{Kind} {Quoted}";
}
