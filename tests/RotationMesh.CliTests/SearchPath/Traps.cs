using System.Reflection;
using RotationMesh.TestKit;

namespace RotationMesh.CliTests.SearchPath;

/// <summary>
/// A schema named <c>mallory</c> that shadows functions, operators and types of the server, with signatures that win wherever a
/// search path is asked. Whoever calls one of them is noted.
/// </summary>
internal static class Traps
{
    /// <summary>Types of the values that the statements and the tables of the tests compare.</summary>
    private const string Compared = """
        {text,varchar,name,"\"char\"",int2,int4,int8,float8,oid,regclass,regproc,uuid,jsonb,bytea,tid,xid,timestamptz,interval,text[],public.citext,public.mood}
        """;

    /// <summary>Sets one for everything that is called.</summary>
    public static async Task SetAsync(TestDatabase database, CalledNames called)
    {
        await database.ExecuteAsync(await ScriptAsync());
        await database.ExecuteAsync(
            $"""
            DO $$
            DECLARE called text;
            BEGIN
                FOREACH called IN ARRAY {Array(
                called.Functions
            )} LOOP CALL mallory.shadow_function(called); END LOOP;
                FOREACH called IN ARRAY {Array(
                called.Operators
            )} LOOP CALL mallory.shadow_operator(called, '{Compared}'); END LOOP;
                FOREACH called IN ARRAY {Array(called.Types)} LOOP CALL mallory.shadow_type(called); END LOOP;
            END $$;
            GRANT USAGE ON SCHEMA mallory TO PUBLIC;
            GRANT SELECT ON mallory.traps TO PUBLIC;
            GRANT UPDATE ON SEQUENCE mallory.sprung TO PUBLIC;
            """
        );
    }

    /// <summary>How many there are.</summary>
    public static Task<long> CountAsync(TestDatabase database) =>
        database.ScalarAsync<long>("SELECT count(*) FROM mallory.traps");

    /// <summary>What the last one that was sprung shadows; null where none was.</summary>
    public static Task<string?> SprungAsync(TestDatabase database) =>
        database.ScalarAsync<string>(
            "SELECT shadows FROM mallory.traps JOIN mallory.sprung ON number = last_value WHERE is_called"
        );

    private static string Array(IEnumerable<string> names) =>
        $"ARRAY[{string.Join(", ", names.Select(name => $"'{name}'"))}]::text[]";

    private static async Task<string> ScriptAsync()
    {
        await using var stream = Assembly
            .GetExecutingAssembly()
            .GetManifestResourceStream("RotationMesh.CliTests.SearchPath.traps.sql")!;
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
