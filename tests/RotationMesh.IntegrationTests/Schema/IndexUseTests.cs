using System.Text;
using Npgsql;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Schema;

/// <summary>
/// Statements name the operators by which they compare keys and tenants. Each is the one that indexes of the column know.
/// </summary>
public sealed class IndexUseTests
{
    private const string Types = """
        CREATE EXTENSION citext;
        CREATE TYPE mood AS ENUM ('calm', 'brisk');
        CREATE DOMAIN code AS varchar(20) CHECK (VALUE <> '');
        CREATE DOMAIN folded AS citext;
        """;

    [TestCase("text")]
    [TestCase("varchar(20)")]
    [TestCase("char(20)")]
    [TestCase("name")]
    [TestCase("citext")]
    [TestCase("folded")]
    [TestCase("mood")]
    [TestCase("code")]
    [TestCase("uuid")]
    [TestCase("smallint")]
    [TestCase("bigint")]
    [TestCase("numeric(20,3)")]
    public async Task Rows_are_found_by_key_and_tenant_through_their_indexes(string type)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            $"""
            {Types}
            CREATE TABLE notes (id {type} PRIMARY KEY, tenant {type}, body text, version int NOT NULL);
            CREATE INDEX ON notes (tenant)
            """
        );
        var target = (await fixture.TargetsAsync()).Single();
        var (sql, leaf) = (target.Sql, target.Shape.Leaves.Single());

        var byTenant = await ExplainAsync(
            fixture,
            $"SELECT 1 FROM {leaf.Quoted} AS t WHERE {target.Tenants.In(1, withNull: false)}",
            Parameter("text[]")
        );
        var byKey = await ExplainAsync(
            fixture,
            sql.ReadByKey(leaf),
            Parameter("bigint"),
            Parameter("text[]")
        );
        var byPlace = await ExplainAsync(
            fixture,
            sql.Write(leaf),
            Parameter("integer"),
            Parameter("text[]"),
            Parameter("xid[]"),
            Parameter("text[]"),
            Parameter("text[]"),
            Parameter("bigint"),
            Parameter("timestamp with time zone"),
            Parameter("integer")
        );

        Assert.Multiple(() =>
        {
            Assert.That(byTenant, Does.Contain("notes_tenant_idx"));
            Assert.That(byKey, Does.Contain("notes_pkey"));
            Assert.That(byPlace, Does.Contain("TID Cond"));
        });
    }

    private static NpgsqlParameter Parameter(string type) =>
        new() { DataTypeName = type, Value = DBNull.Value };

    // A plan that reads the whole table is chosen where nothing else is possible.
    private static async Task<string> ExplainAsync(
        Fixture fixture,
        string sql,
        params NpgsqlParameter[] parameters
    )
    {
        await using var connection = await fixture.Databases.OpenWritingAsync(
            Fixture.App,
            CancellationToken.None
        );
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SET LOCAL enable_seqscan = off"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"EXPLAIN {sql}"));
        foreach (var parameter in parameters)
            batch.BatchCommands[1].Parameters.Add(parameter);
        await using var reader = await batch.ExecuteReaderAsync();
        var plan = new StringBuilder();
        while (await reader.ReadAsync())
            plan.AppendLine(reader.GetString(0));
        return plan.ToString();
    }
}
