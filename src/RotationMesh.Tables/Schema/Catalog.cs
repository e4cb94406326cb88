using Dapper;
using Npgsql;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Schema;

/// <summary>Queries of the system catalogs of an application's database (PostgreSQL 13 and later).</summary>
internal sealed class Catalog(NpgsqlConnection connection, CancellationToken cancellationToken)
{
    private const string FindQualified = """
        SELECT c.oid::bigint AS Oid, n.nspname AS Schema, c.relname AS Name, c.relkind::pg_catalog.text AS Kind,
               pg_catalog.row_security_active(c.oid) AS RowSecurityActive
        FROM pg_catalog.pg_namespace n
        JOIN pg_catalog.pg_class c ON c.relnamespace OPERATOR(pg_catalog.=) n.oid AND c.relname OPERATOR(pg_catalog.=) @name
        WHERE n.nspname OPERATOR(pg_catalog.=) @schema AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        """;

    private const string FindVisible = $"""
        WITH RECURSIVE {NamedTables.Terms}
        SELECT c.oid::bigint AS Oid, n.nspname AS Schema, c.relname AS Name, c.relkind::pg_catalog.text AS Kind,
               pg_catalog.row_security_active(c.oid) AS RowSecurityActive
        FROM named
        JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) named.oid
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        """;

    // current_schemas leaves out the schemas that the role may not use.
    private const string FindClosedSchema = """
        SELECT n.nspname
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.relname OPERATOR(pg_catalog.=) @name AND NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE')
          AND CASE WHEN @schema::pg_catalog.text IS NOT NULL THEN n.nspname OPERATOR(pg_catalog.=) @schema::pg_catalog.text
                   ELSE n.nspname OPERATOR(pg_catalog.=) current_user
                       OR n.nspname OPERATOR(pg_catalog.=) ANY (
                           pg_catalog.regexp_split_to_array(pg_catalog.current_setting('search_path'), '[",\s]+')) END
        LIMIT 1
        """;

    private static readonly string ListColumns = $"""
        WITH RECURSIVE types AS (
            SELECT a.attnum, a.attname,
                   -- PostgreSQL 18 says NOT NULL of a column where only new rows were checked, too
                   a.attnotnull AND NOT EXISTS (
                       SELECT FROM pg_catalog.pg_constraint c
                       WHERE c.conrelid OPERATOR(pg_catalog.=) a.attrelid AND c.contype OPERATOR(pg_catalog.=) 'n'
                         AND NOT c.convalidated AND a.attnum OPERATOR(pg_catalog.=) ANY (c.conkey)) AS attnotnull,
                   a.attgenerated, a.attidentity,
                   EXISTS (SELECT FROM pg_catalog.pg_collation k
                           WHERE k.oid OPERATOR(pg_catalog.=) a.attcollation AND NOT k.collisdeterministic) AS loose,
                   pg_catalog.format_type(a.atttypid, a.atttypmod) AS written,
                   pg_catalog.format('%I.%I', n.nspname, t.typname) AS qualified, t.oid, t.typname, t.typtype, t.typbasetype
            FROM pg_catalog.pg_attribute a
            JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) a.atttypid
            JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
            WHERE a.attrelid OPERATOR(pg_catalog.=) @oid::pg_catalog.oid AND a.attnum OPERATOR(pg_catalog.>) 0
              AND NOT a.attisdropped
            UNION ALL
            SELECT x.attnum, x.attname, x.attnotnull, x.attgenerated, x.attidentity, x.loose, x.written, x.qualified,
                   b.oid, b.typname, b.typtype, b.typbasetype
            FROM types x JOIN pg_catalog.pg_type b ON b.oid OPERATOR(pg_catalog.=) x.typbasetype
            WHERE x.typtype OPERATOR(pg_catalog.=) 'd')
        SELECT x.attname AS Name, x.written AS Written, x.typname AS Base, x.qualified AS Qualified,
               {EqualityOperator.Of("x.oid")} AS Equality, x.attnotnull AS NotNull,
               x.loose OR x.typname OPERATOR(pg_catalog.=) 'citext' AS Loose,
               x.attgenerated OPERATOR(pg_catalog.<>) '' OR x.attidentity OPERATOR(pg_catalog.=) 'a' AS Generated,
               pg_catalog.has_column_privilege(@oid::pg_catalog.oid, x.attnum, 'SELECT') AS MaySelect,
               pg_catalog.has_column_privilege(@oid::pg_catalog.oid, x.attnum, 'UPDATE') AS MayUpdate
        FROM types x WHERE x.typtype OPERATOR(pg_catalog.<>) 'd' ORDER BY x.attnum
        """;

    private const string ListIndexes = """
        SELECT i.indisunique AS Unique,
               (SELECT pg_catalog.array_agg(a.attname::pg_catalog.text ORDER BY k.place)
                FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k(attnum, place)
                JOIN pg_catalog.pg_attribute a
                  ON a.attrelid OPERATOR(pg_catalog.=) i.indrelid AND a.attnum OPERATOR(pg_catalog.=) k.attnum
                WHERE k.place OPERATOR(pg_catalog.<=) i.indnkeyatts) AS Columns
        FROM pg_catalog.pg_index i
        WHERE i.indrelid OPERATOR(pg_catalog.=) @oid::pg_catalog.oid AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
        """;

    // The table itself, its partitions, and tables that inherit from it.
    private static readonly string ListLeaves = $"""
        WITH RECURSIVE tree AS (
            SELECT @oid::pg_catalog.oid AS oid
            UNION
            SELECT i.inhrelid
            FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent OPERATOR(pg_catalog.=) tree.oid
            WHERE NOT {PendingDetach.IsPending})
        SELECT c.oid::bigint AS Oid, n.nspname AS Schema, c.relname AS Name, c.relkind::pg_catalog.text AS Kind,
               pg_catalog.row_security_active(c.oid) AS RowSecurityActive,
               {UpdateTriggers.CountOf("c.oid")}::int AS UpdateTriggers,
               (SELECT pg_catalog.string_agg(r.rulename, ', ' ORDER BY r.rulename) FROM pg_catalog.pg_rewrite r
                WHERE r.ev_class OPERATOR(pg_catalog.=) c.oid AND r.ev_type OPERATOR(pg_catalog.=) '2'
                  AND r.ev_enabled OPERATOR(pg_catalog.<>) 'D') AS UpdateRules
        FROM tree
        JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) tree.oid
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.relkind OPERATOR(pg_catalog.<>) 'p' AND c.relpersistence OPERATOR(pg_catalog.<>) 't'
        ORDER BY c.oid OPERATOR(pg_catalog.<>) @oid::pg_catalog.oid, 2, 3
        """;

    private const string ListTables = """
        SELECT CASE WHEN pg_catalog.pg_table_is_visible(c.oid) THEN pg_catalog.quote_ident(c.relname)
                    ELSE pg_catalog.format('%I.%I', n.nspname, c.relname) END
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p']::pg_catalog."char"[]) AND NOT c.relispartition
          AND n.nspname OPERATOR(pg_catalog.<>) ALL (
              ARRAY['pg_catalog', 'information_schema', 'rotationmesh']::pg_catalog.name[])
          AND n.nspname OPERATOR(pg_catalog.!~~) 'pg\_toast%'
        """;

    private const string PartitionColumns = """
        SELECT a.attname::pg_catalog.text
        FROM pg_catalog.pg_partition_tree(@oid::pg_catalog.oid) t
        JOIN pg_catalog.pg_partitioned_table p ON p.partrelid OPERATOR(pg_catalog.=) t.relid
        JOIN pg_catalog.pg_attribute a
          ON a.attrelid OPERATOR(pg_catalog.=) p.partrelid
            AND a.attnum OPERATOR(pg_catalog.=) ANY (p.partattrs::pg_catalog.int2[])
        """;

    /// <summary>Whether this session can only read: the server is a standby, or the role is set to read only.</summary>
    public Task<bool> IsReadOnlyAsync() =>
        connection.ExecuteScalarAsync<bool>(
            Question("SELECT pg_catalog.current_setting('transaction_read_only')::boolean")
        );

    /// <summary>The table; null if it does not exist or the role may not use its schema.</summary>
    public async Task<CatalogTable?> FindTableAsync(SqlName name) =>
        (
            name.Schema is { } schema
                ? await connection.PreparedAsync<CatalogTable>(
                    FindQualified,
                    cancellationToken,
                    ("schema", schema.Name),
                    ("name", name.Name.Name)
                )
                : await connection.PreparedAsync<CatalogTable>(
                    FindVisible,
                    cancellationToken,
                    ("schemas", new string?[] { null }),
                    ("names", new[] { name.Name.Name })
                )
        ).SingleOrDefault();

    /// <summary>A schema that has the table but that the role may not use; null if there is none.</summary>
    public Task<string?> FindClosedSchemaAsync(SqlName name) =>
        connection.ExecuteScalarAsync<string?>(
            Question(FindClosedSchema, new { schema = name.Schema?.Name, name = name.Name.Name })
        );

    public async Task<IReadOnlyDictionary<string, CatalogColumn>> ColumnsAsync(long oid) =>
        (await ListAsync<CatalogColumn>(ListColumns, oid)).ToDictionary(column => column.Name);

    public Task<IReadOnlyList<CatalogIndex>> IndexesAsync(long oid) =>
        ListAsync<CatalogIndex>(ListIndexes, oid);

    /// <summary>The tables that hold the rows of a table, itself first; with <paramref name="only"/>, itself alone.</summary>
    public async Task<IReadOnlyList<CatalogLeaf>> LeavesAsync(long oid, bool only) =>
        [.. (await ListAsync<CatalogLeaf>(ListLeaves, oid)).Where(leaf => !only || leaf.Oid == oid)];

    public async Task<IReadOnlyList<string>> TablesAsync() =>
        [.. await connection.QueryAsync<string>(Question(ListTables))];

    public async Task<IReadOnlyList<string>> PartitionColumnsAsync(long oid) =>
        [.. await connection.QueryAsync<string>(Question(PartitionColumns, new { oid }))];

    private Task<IReadOnlyList<T>> ListAsync<T>(string sql, long oid) =>
        connection.PreparedAsync<T>(sql, cancellationToken, ("oid", oid));

    private CommandDefinition Question(string sql, object? values = null) =>
        new(sql, values, cancellationToken: cancellationToken);
}

internal sealed record CatalogTable
{
    public long Oid { get; init; }
    public string Schema { get; init; } = "";
    public string Name { get; init; } = "";
    public string Kind { get; init; } = "";
    public bool RowSecurityActive { get; init; }
}

internal sealed record CatalogColumn
{
    public string Name { get; init; } = "";
    public string Written { get; init; } = "";
    public string Base { get; init; } = "";
    public string Qualified { get; init; } = "";
    public string Equality { get; init; } = "";
    public bool NotNull { get; init; }

    /// <summary>Whether two different texts may be equal values of this type.</summary>
    public bool Loose { get; init; }

    /// <summary>Whether the database computes the column, so that it can't be written.</summary>
    public bool Generated { get; init; }
    public bool MaySelect { get; init; }
    public bool MayUpdate { get; init; }
}

internal sealed record CatalogIndex
{
    public bool Unique { get; init; }
    public string[] Columns { get; init; } = [];
}

internal sealed record CatalogLeaf
{
    public long Oid { get; init; }
    public string Schema { get; init; } = "";
    public string Name { get; init; } = "";
    public string Kind { get; init; } = "";
    public bool RowSecurityActive { get; init; }
    public int UpdateTriggers { get; init; }

    /// <summary>Names of the rules that rewrite an update; null if there are none.</summary>
    public string? UpdateRules { get; init; }
}
