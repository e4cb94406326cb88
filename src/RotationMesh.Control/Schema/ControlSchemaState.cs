using Npgsql;
using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Schema;

/// <summary>What exists of the control schema, and what the role may do with it; anybody may read these catalogs.</summary>
internal sealed record ControlSchemaState
{
    /// <summary>Name of the control schema.</summary>
    public const string Schema = "rotationmesh";

    /// <summary>Name of the journal, the table of the migrations that ran.</summary>
    public const string Journal = "schema_versions";

    private const string FindSchema = """
        SELECT quote_ident(current_user) AS Role, to_regnamespace('rotationmesh') IS NOT NULL AS Exists,
               has_database_privilege(current_database(), 'CREATE') AS MayCreateSchema,
               coalesce(has_schema_privilege(to_regnamespace('rotationmesh')::oid, 'USAGE'), false) AS MayUse,
               coalesce(has_schema_privilege(to_regnamespace('rotationmesh')::oid, 'CREATE'), false) AS MayCreate,
               current_setting('transaction_read_only')::bool AS ReadOnly,
               current_setting('server_encoding') AS Encoding
        """;

    private const string ListRelations = """
        SELECT c.relname AS Name, c.relkind IN ('r', 'p') AS IsTable,
               (SELECT string_agg(p, ' ') FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p
                WHERE has_table_privilege(c.oid, p)) AS Privileges,
               (SELECT string_agg(attname, ' ') FROM pg_attribute
                WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS Columns
        FROM pg_class c
        WHERE c.relnamespace = to_regnamespace('rotationmesh') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        """;

    private const string ListApplied = $"SELECT scriptname FROM rotationmesh.{Journal} ORDER BY scriptname";

    /// <summary>The role's name, quoted where it has to be.</summary>
    public string Role { get; init; } = "";

    /// <summary>The database's encoding, by the server's name for it.</summary>
    public string Encoding { get; init; } = "";

    public bool Exists { get; init; }
    public bool MayCreateSchema { get; init; }
    public bool MayUse { get; init; }
    public bool MayCreate { get; init; }
    public bool ReadOnly { get; init; }

    /// <summary>Tables, views and foreign tables of the schema by their names.</summary>
    public IReadOnlyDictionary<string, ControlRelation> Relations { get; private init; } =
        new Dictionary<string, ControlRelation>();

    /// <summary>Migrations that ran, by the journal; null where the journal is missing or can't be read.</summary>
    public IReadOnlyList<string>? Applied { get; private init; }

    /// <summary>Migrations of the program that have not run yet.</summary>
    public IEnumerable<string> Pending => MigrationScripts.Names.Except(Applied ?? []);

    /// <summary>Names of the program's tables that should exist, by the journal.</summary>
    public IEnumerable<string> Known =>
        MigrationScripts.Names.Intersect(Applied ?? []).SelectMany(MigrationScripts.Creates);

    /// <summary>Reads the state over a connection of its own.</summary>
    public static async Task<ControlSchemaState> ReadAsync(
        ControlQueries control,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        return await ReadAsync(connection, cancellationToken);
    }

    /// <summary>Reads the state over one connection.</summary>
    public static async Task<ControlSchemaState> ReadAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        var schema = (await connection.FindAsync<ControlSchemaState>(FindSchema, null, cancellationToken))!;
        if (!schema.Exists)
            return schema;
        var relations = (
            await connection.QueryAsync<ControlRelation>(ListRelations, null, cancellationToken)
        ).ToDictionary(relation => relation.Name);
        var journal = relations.GetValueOrDefault(Journal);
        var readable =
            schema.MayUse
            && journal is { IsTable: true }
            && journal.Has("scriptname")
            && journal.May("SELECT");
        return schema with
        {
            Relations = relations,
            Applied = readable
                ? await connection.QueryAsync<string>(ListApplied, null, cancellationToken)
                : null,
        };
    }
}

/// <summary>A table or view of the schema.</summary>
internal sealed record ControlRelation
{
    public string Name { get; init; } = "";

    /// <summary>Whether it is a table, rather than a view or a foreign table.</summary>
    public bool IsTable { get; init; }
    public string? Privileges { get; init; }
    public string? Columns { get; init; }

    /// <summary>Whether the role has a privilege on the whole of it.</summary>
    public bool May(string privilege) => Words(Privileges).Contains(privilege);

    /// <summary>Whether it has a column of that name.</summary>
    public bool Has(string column) => Words(Columns).Contains(column);

    private static string[] Words(string? text) => (text ?? "").Split(' ');
}
