using RotationMesh.Core.Map;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Tables.Copying;

/// <summary>
/// Finds triggers of a table that may copy its values elsewhere when a row is rotated: the copies keep their old key.
/// </summary>
public sealed class CopyingTriggers(ApplicationDatabases databases)
{
    // Left out are foreign keys, and triggers that a rotation does not fire: disabled ones, those for replication alone, those
    // for a change of other columns, and those whose condition asks for application_name, to pass over certain sessions.
    private const string ListTriggers = """
        WITH RECURSIVE tree AS (
            SELECT @oid::pg_catalog.oid AS oid
            UNION
            SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent OPERATOR(pg_catalog.=) tree.oid)
        SELECT DISTINCT ON (t.tgname, p.oid) t.tgname AS Name,
               pg_catalog.format('%I.%I', n.nspname, p.proname) AS Function,
               l.lanname AS Language, CASE WHEN l.lanname OPERATOR(pg_catalog.=) 'c' THEN p.proname ELSE p.prosrc END AS Source,
               t.tgoldtable AS OldTable, t.tgnewtable AS NewTable
        FROM tree JOIN pg_catalog.pg_trigger t ON t.tgrelid OPERATOR(pg_catalog.=) tree.oid
        JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) t.tgfoid
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
        JOIN pg_catalog.pg_language l ON l.oid OPERATOR(pg_catalog.=) p.prolang
        LEFT JOIN pg_catalog.pg_constraint k ON k.oid OPERATOR(pg_catalog.=) t.tgconstraint
        WHERE coalesce(k.contype, 't') OPERATOR(pg_catalog.=) 't' AND t.tgenabled OPERATOR(pg_catalog.=) ANY (ARRAY['O', 'A'])
          AND (t.tgtype OPERATOR(pg_catalog.&) 16) OPERATOR(pg_catalog.=) 16
          AND pg_catalog.strpos(pg_catalog.pg_get_triggerdef(t.oid), 'application_name') OPERATOR(pg_catalog.=) 0
          AND (pg_catalog.cardinality(t.tgattr::pg_catalog.int2[]) OPERATOR(pg_catalog.=) 0 OR EXISTS (
                SELECT 1 FROM pg_catalog.pg_attribute a
                WHERE a.attrelid OPERATOR(pg_catalog.=) t.tgrelid AND a.attnum OPERATOR(pg_catalog.=) ANY (t.tgattr::pg_catalog.int2[])
                  AND a.attname::pg_catalog.text OPERATOR(pg_catalog.=) ANY (@written::pg_catalog.text[])))
        ORDER BY t.tgname, p.oid, t.tgrelid
        """;

    /// <summary>Lists the triggers of the table and its partitions that copy values, or may copy them, with the reason.</summary>
    public async Task<IReadOnlyList<CopyingTrigger>> ListAsync(
        TableEntry entry,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(entry);
        await using var connection = await databases.OpenReadingAsync(entry.Database, cancellationToken);
        if (await new Catalog(connection, cancellationToken).FindTableAsync(entry.Table) is not { } table)
            return [];
        string[] columns = [.. entry.Columns.Select(column => column.Name.Name).Distinct()];
        var triggers = await connection.PreparedAsync<TriggerFunction>(
            ListTriggers,
            cancellationToken,
            ("oid", table.Oid),
            ("written", columns.Append(entry.Version.Name).ToArray())
        );
        return
        [
            .. triggers
                .Select(trigger => (trigger, Why: TriggerReading.WhyCopies(trigger, columns)))
                .Where(pair => pair.Why is not null)
                .Select(pair => new CopyingTrigger(pair.trigger.Name, pair.trigger.Function, pair.Why!)),
        ];
    }
}

/// <summary>A trigger that copies, or may copy, values of an updated row; <paramref name="Why"/> gives the evidence.</summary>
public sealed record CopyingTrigger(string Name, string Function, string Why);

/// <summary>A trigger and its function as the catalog has them.</summary>
internal sealed record TriggerFunction
{
    public string Name { get; init; } = "";
    public string Function { get; init; } = "";
    public string Language { get; init; } = "";

    /// <summary>Text of the function; its name where it is compiled.</summary>
    public string Source { get; init; } = "";

    /// <summary>Names of the transition tables; null where the trigger has none.</summary>
    public string? OldTable { get; init; }

    /// <inheritdoc cref="OldTable"/>
    public string? NewTable { get; init; }
}
