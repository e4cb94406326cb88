using Dapper;
using Npgsql;
using RotationMesh.Core.Map;

namespace RotationMesh.Postgres.Target.Schema;

/// <summary>Questions to the system catalogs of a target database (PostgreSQL 13 and later).</summary>
internal sealed class Catalog(NpgsqlConnection connection)
{
    // Not by to_regclass, which raises an error over a schema that the role may not use.
    private const string FindTable = """
        SELECT c.oid::bigint AS Oid, n.nspname AS Schema, c.relname AS Name, c.relkind::text AS Kind,
               row_security_active(c.oid) AS RowSecurityActive
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = @name AND has_schema_privilege(n.oid, 'USAGE')
          AND CASE WHEN @schema::text IS NULL THEN pg_table_is_visible(c.oid) ELSE n.nspname = @schema::text END
        """;

    // What the role may not use is not in current_schemas either.
    private const string FindClosedSchema = """
        SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = @name AND NOT has_schema_privilege(n.oid, 'USAGE')
          AND CASE WHEN @schema::text IS NOT NULL THEN n.nspname = @schema::text
                   ELSE n.nspname = current_user
                       OR n.nspname = ANY (regexp_split_to_array(current_setting('search_path'), '[",\s]+')) END
        LIMIT 1
        """;

    private const string ListColumns = """
        WITH RECURSIVE types AS (
            SELECT a.attnum, a.attname, a.attnotnull, a.attgenerated::text AS generated, a.attidentity::text AS identity,
                   format_type(a.atttypid, a.atttypmod) AS written, t.typname, t.typtype, t.typbasetype
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = @oid::oid AND a.attnum > 0 AND NOT a.attisdropped
            UNION ALL
            SELECT x.attnum, x.attname, x.attnotnull, x.generated, x.identity, x.written, b.typname, b.typtype, b.typbasetype
            FROM types x JOIN pg_type b ON b.oid = x.typbasetype
            WHERE x.typtype = 'd')
        SELECT attname AS Name, written AS Written, typname AS Base, attnotnull AS NotNull,
               generated <> '' OR identity = 'a' AS Generated,
               has_column_privilege(@oid::oid, attnum, 'SELECT') AS MaySelect,
               has_column_privilege(@oid::oid, attnum, 'UPDATE') AS MayUpdate
        FROM types WHERE typtype <> 'd' ORDER BY attnum
        """;

    private const string ListIndexes = """
        SELECT i.indisunique AS Unique,
               (SELECT array_agg(a.attname::text ORDER BY k.place)
                FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                WHERE k.place <= i.indnkeyatts) AS Columns
        FROM pg_index i
        WHERE i.indrelid = @oid::oid AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
        """;

    // The table itself, its partitions, and tables that inherit from it.
    private static readonly string ListLeaves = $"""
        WITH RECURSIVE tree AS (
            SELECT @oid::oid AS oid
            UNION
            SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid)
        SELECT c.oid::bigint AS Oid, n.nspname AS Schema, c.relname AS Name, c.relkind::text AS Kind,
               row_security_active(c.oid) AS RowSecurityActive,
               {UpdateTriggers.CountOf("c.oid")}::int AS UpdateTriggers,
               (SELECT string_agg(r.rulename, ', ' ORDER BY r.rulename) FROM pg_rewrite r
                WHERE r.ev_class = c.oid AND r.ev_type = '2' AND r.ev_enabled <> 'D') AS UpdateRules
        FROM tree JOIN pg_class c ON c.oid = tree.oid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind <> 'p' AND c.relpersistence <> 't'
        ORDER BY c.oid <> @oid::oid, 2, 3
        """;

    private const string ListTables = """
        SELECT CASE WHEN pg_table_is_visible(c.oid) THEN quote_ident(c.relname)
                    ELSE quote_ident(n.nspname) || '.' || quote_ident(c.relname) END
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'rotationmesh') AND n.nspname NOT LIKE 'pg\_toast%'
        """;

    private const string PartitionColumns = """
        SELECT a.attname::text
        FROM pg_partition_tree(@oid::oid) t
        JOIN pg_partitioned_table p ON p.partrelid = t.relid
        JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = ANY(p.partattrs::int2[])
        """;

    /// <summary>Whether no transaction of this session may write: a standby, or a role that is set so.</summary>
    public Task<bool> IsReadOnlyAsync() =>
        connection.ExecuteScalarAsync<bool>("SELECT current_setting('transaction_read_only')::bool");

    /// <summary>The table; null where it does not exist, or the role may not use its schema.</summary>
    public Task<CatalogTable?> FindTableAsync(SqlName name) =>
        connection.QuerySingleOrDefaultAsync<CatalogTable>(
            FindTable,
            new { schema = name.Schema?.Name, name = name.Name.Name }
        );

    /// <summary>The schema that has the table, and that the role may not use; null where there is none.</summary>
    public Task<string?> FindClosedSchemaAsync(SqlName name) =>
        connection.ExecuteScalarAsync<string?>(
            FindClosedSchema,
            new { schema = name.Schema?.Name, name = name.Name.Name }
        );

    public async Task<IReadOnlyDictionary<string, CatalogColumn>> ColumnsAsync(long oid) =>
        (await connection.QueryAsync<CatalogColumn>(ListColumns, new { oid })).ToDictionary(column =>
            column.Name
        );

    public async Task<IReadOnlyList<CatalogIndex>> IndexesAsync(long oid) =>
        [.. await connection.QueryAsync<CatalogIndex>(ListIndexes, new { oid })];

    public async Task<IReadOnlyList<CatalogLeaf>> LeavesAsync(long oid) =>
        [.. await connection.QueryAsync<CatalogLeaf>(ListLeaves, new { oid })];

    public async Task<IReadOnlyList<string>> TablesAsync() =>
        [.. await connection.QueryAsync<string>(ListTables)];

    public async Task<IReadOnlyList<string>> PartitionColumnsAsync(long oid) =>
        [.. await connection.QueryAsync<string>(PartitionColumns, new { oid })];
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
    public bool NotNull { get; init; }

    /// <summary>Computed by the database, so it can't be written.</summary>
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

    /// <summary>Names of the rules that rewrite an update; null where there is none.</summary>
    public string? UpdateRules { get; init; }
}
