using Npgsql;
using RotationMesh.Postgres.Pooling;

namespace RotationMesh.Postgres;

/// <summary>
/// Settings of our own for every session, whatever the role or the database sets: limits that suit an application end a
/// stream of rows, a count or a migration in mid-way.
/// </summary>
internal static class SessionSettings
{
    /// <summary>
    /// No limit in time, and a backslash that is nothing but itself, as our SQL writes names and texts. The last two exist
    /// since PostgreSQL 14 and 17; setting what is not there would be an error.
    /// </summary>
    public const string Unlimited = """
        SET standard_conforming_strings = on;
        SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;
        SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings
        WHERE name OPERATOR(pg_catalog.=) ANY (ARRAY['idle_session_timeout', 'transaction_timeout']::pg_catalog.text[]);
        """;

    /// <summary>
    /// Puts the control schema last in the search path, where a role of its name has it first: a table that the map or the
    /// application names without a schema is not taken for one of ours.
    /// </summary>
    public const string ApplicationSchemas = """
        SELECT pg_catalog.set_config('search_path', coalesce((
            SELECT pg_catalog.string_agg(
                pg_catalog.quote_ident(schema), ', ' ORDER BY schema OPERATOR(pg_catalog.=) 'rotationmesh', place)
            FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY AS path (schema, place)
        ), ''), false)
        WHERE current_user OPERATOR(pg_catalog.=) 'rotationmesh'
           OR pg_catalog.current_setting('search_path') OPERATOR(pg_catalog.~~) '%rotationmesh%';
        """;

    /// <summary>
    /// Nothing but the server's own: what our SQL calls is then not what somebody put into a schema of the path. For sessions
    /// that touch no table of the application, whose triggers and policies need its path.
    /// </summary>
    public const string NoSchemas = "SELECT pg_catalog.set_config('search_path', '', false); ";

    /// <summary>
    /// Keys and tenants travel as text, and must be the same key when they come back, whatever form people of this database
    /// like to read: other forms of a date are read as another one, or not at all.
    /// </summary>
    public const string ExactText =
        "SET datestyle = 'ISO, MDY'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex'; SET extra_float_digits = 1; ";

    /// <summary>
    /// Sets what <see cref="ExactText"/> sets, for the current transaction alone and in one statement without parameters: the
    /// application's triggers run in other transactions of the session.
    /// </summary>
    public const string ExactTextLocally = """
        SELECT pg_catalog.set_config('datestyle', 'ISO, MDY', true), pg_catalog.set_config('intervalstyle', 'postgres', true),
               pg_catalog.set_config('bytea_output', 'hex', true), pg_catalog.set_config('extra_float_digits', '1', true)
        """;

    /// <summary>
    /// Policies filter what they hide. Where a role turns that off, a query of a table with policies is an error instead.
    /// </summary>
    public const string Policies = "SET row_security = on; ";

    /// <summary>
    /// A statement must see what was committed before it got its locks: at any other level it would not see a trigger that
    /// it waited for, and fire it.
    /// </summary>
    public const string ReadCommitted = "SET default_transaction_isolation = 'read committed'; ";

    /// <summary>
    /// A commit is on the disk when it is told, whatever the role sets: what ends a rotation or retires a key must outlive
    /// a crash. A role that waits until standbys have applied goes on doing so.
    /// </summary>
    public const string Synchronous = """
        SELECT pg_catalog.set_config('synchronous_commit', 'on', false) FROM pg_catalog.pg_settings s
        WHERE s.name OPERATOR(pg_catalog.=) 'synchronous_commit' AND s.setting OPERATOR(pg_catalog.<>) 'remote_apply';
        """;

    /// <summary>
    /// Runs the settings on each new connection whose session is ours alone, and nothing else before them: the driver would
    /// read the types of the database by a query that compares an oid with a regproc, for which the server has no operator of
    /// its own and anybody may make one.
    /// </summary>
    public static void ApplyTo(NpgsqlDataSourceBuilder builder, PoolerCheck pooler, string settings)
    {
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        builder.UsePhysicalConnectionInitializer(
            connection => ApplyAsync(connection, pooler, settings).GetAwaiter().GetResult(), // migrations are synchronous
            connection => ApplyAsync(connection, pooler, settings)
        );
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, PoolerCheck pooler, string settings)
    {
        await pooler.EnsureOwnAsync(connection);
        await using var command = new NpgsqlCommand(settings, connection);
        await command.ExecuteNonQueryAsync();
    }
}
