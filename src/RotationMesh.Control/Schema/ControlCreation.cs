using System.Text;
using Npgsql;

namespace RotationMesh.Control.Schema;

/// <summary>
/// Makes the control schema where there is none of it: every migration at once, in one transaction. Whoever is killed meanwhile leaves
/// nothing behind.
/// </summary>
internal static class ControlCreation
{
    /// <summary>The journal as DbUp makes it, which runs the migrations of later releases.</summary>
    private const string CreateJournal = $"""
        CREATE TABLE {ControlSchemaState.Schema}.{ControlSchemaState.Journal} (
            schemaversionsid serial NOT NULL, scriptname varchar(255) NOT NULL, applied timestamp without time zone NOT NULL,
            CONSTRAINT "PK_{ControlSchemaState.Journal}_Id" PRIMARY KEY (schemaversionsid));
        """;

    private const string Record = $"""
        INSERT INTO {ControlSchemaState.Schema}.{ControlSchemaState.Journal} (scriptname, applied)
        SELECT name, now() AT TIME ZONE 'UTC' FROM unnest($1) WITH ORDINALITY AS migration (name, place) ORDER BY place
        """;

    /// <summary>Whether nothing of the schema is there.</summary>
    public static bool IsFor(ControlSchemaState state) =>
        !state.Relations.ContainsKey(ControlSchemaState.Journal)
        && !ControlTable.All.Any(table => state.Relations.ContainsKey(table.Name));

    /// <summary>
    /// Makes its tables. Throws <see cref="NpgsqlException"/> where the server refuses one: then there are none.
    /// </summary>
    public static async Task RunAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var script = new StringBuilder(CreateJournal);
        foreach (var name in MigrationScripts.Names)
            script.Append('\n').Append(MigrationScripts.Read(name)).Append(";\n");
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var create = new NpgsqlCommand(script.ToString(), connection, transaction))
            await create.ExecuteNonQueryAsync(cancellationToken);
        await using (var record = new NpgsqlCommand(Record, connection, transaction))
        {
            record.Parameters.Add(new NpgsqlParameter { Value = MigrationScripts.Names.ToArray() });
            await record.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }
}
