using Npgsql;
using RotationMesh.Postgres.Pooling;

namespace RotationMesh.Postgres;

/// <summary>
/// Settings of our own for every session; they override those of the role and the database. Limits that suit an application
/// would end a stream of rows, a count or a migration midway.
/// </summary>
internal static class SessionSettings
{
    /// <summary>
    /// Settings that remove all timeouts, and make a backslash an ordinary character, as our SQL expects in names and texts.
    /// The last two exist since PostgreSQL 14 and 17; setting one that does not exist would be an error.
    /// </summary>
    public const string Unlimited = """
        SET standard_conforming_strings = on;
        SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;
        SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings
        WHERE name OPERATOR(pg_catalog.=) ANY (ARRAY['idle_session_timeout', 'transaction_timeout']::pg_catalog.text[]);
        """;

    /// <summary>
    /// SQL that puts the control schema last in the search path, if the role has the schema's name or the path names the
    /// schema. A table that the map or the application names without a schema is then not mistaken for one of ours.
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
    /// SQL that leaves only the server's own schema in the search path, so that our SQL never calls a function that somebody
    /// put into another schema. Only for sessions that touch no table of the application: its triggers and policies need its
    /// search path.
    /// </summary>
    public const string NoSchemas = "SELECT pg_catalog.set_config('search_path', '', false); ";

    /// <summary>
    /// SQL that fixes the text formats, whatever the database prefers. Keys and tenants travel as text and must come back as
    /// the same values; a date in another format is read as another date, or not at all.
    /// </summary>
    public const string ExactText =
        "SET datestyle = 'ISO, MDY'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex'; SET extra_float_digits = 1; ";

    /// <summary>
    /// One statement without parameters that sets what <see cref="ExactText"/> sets, for the current transaction only: the
    /// application's triggers run in other transactions of the session.
    /// </summary>
    public const string ExactTextLocally = """
        SELECT pg_catalog.set_config('datestyle', 'ISO, MDY', true), pg_catalog.set_config('intervalstyle', 'postgres', true),
               pg_catalog.set_config('bytea_output', 'hex', true), pg_catalog.set_config('extra_float_digits', '1', true)
        """;

    /// <summary>
    /// SQL that makes row-level security filter rows. If a role turns that off, a query that would be filtered fails instead.
    /// </summary>
    public const string Policies = "SET row_security = on; ";

    /// <summary>
    /// SQL for an isolation level at which a statement sees what was committed before the statement got its locks. At a
    /// higher level it would not see a trigger whose creation it waited for, and yet fire that trigger.
    /// </summary>
    public const string ReadCommitted = "SET default_transaction_isolation = 'read committed'; ";

    /// <summary>
    /// SQL that makes each commit wait for the disk, whatever the role sets: the end of a rotation and the retirement of a
    /// key must survive a crash. A role whose commits wait until standbys have applied them keeps that setting.
    /// </summary>
    public const string Synchronous = """
        SELECT pg_catalog.set_config('synchronous_commit', 'on', false) FROM pg_catalog.pg_settings s
        WHERE s.name OPERATOR(pg_catalog.=) 'synchronous_commit' AND s.setting OPERATOR(pg_catalog.<>) 'remote_apply';
        """;

    /// <summary>
    /// Runs the settings on each new connection, after the check that the session is ours alone. It turns off the driver's
    /// own query of the database's types, which would run earlier: that query compares an oid with a regproc. The server has
    /// no operator of its own for that, and anybody may create one. With <paramref name="primaryOnly"/> a connection to a standby
    /// throws <see cref="StandbyException"/>.
    /// </summary>
    public static void ApplyTo(
        NpgsqlDataSourceBuilder builder,
        PoolerCheck pooler,
        string settings,
        bool primaryOnly
    )
    {
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        builder.UsePhysicalConnectionInitializer(
            connection => ApplyAsync(connection).GetAwaiter().GetResult(), // migrations are synchronous
            ApplyAsync
        );

        async Task ApplyAsync(NpgsqlConnection connection)
        {
            await pooler.EnsureOwnAsync(connection);
            if (primaryOnly)
                await StandbyException.EnsurePrimaryAsync(connection);
            await using var command = new NpgsqlCommand(settings, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
