using NUnit.Framework;
using RotationMesh.Coordination.Persistence;
using RotationMesh.MeshTests.Counting;

namespace RotationMesh.MeshTests.Persistence;

[TestFixture]
public sealed class SagaTableTests
{
    private static readonly SagaColumn[] Columns = CountingTable.Columns;

    [Test]
    public void TableIsDescribed_StatementsListEveryColumn()
    {
        var sql = new SagaTable<CountingState>("mesh_test.counting", Columns).Sql;

        const string Read =
            "SELECT \"correlation_id\" AS \"CorrelationId\", \"current_state\" AS \"CurrentState\", "
            + "\"counted\" AS \"Counted\", \"notes\" AS \"Notes\", \"started_at\" AS \"StartedAt\", "
            + "\"scopes\" AS \"Scopes\" FROM \"mesh_test\".\"counting\" WHERE \"correlation_id\" = @CorrelationId";
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sql.Read, Is.EqualTo(Read));
            Assert.That(sql.Lock, Is.EqualTo(Read + " FOR NO KEY UPDATE"));
            Assert.That(sql.Insert, Does.EndWith("ON CONFLICT (\"correlation_id\") DO NOTHING"));
            Assert.That(sql.Insert, Does.Contain("@Notes::jsonb"));
            Assert.That(sql.Update, Does.Contain("\"notes\" = @Notes::jsonb"));
            Assert.That(sql.Update, Does.Not.Contain("SET \"correlation_id\""));
        }
    }

    [Test]
    public void NameLacksTheSchema_Refused() => Refused("counting", Columns, "lacks a schema");

    [Test]
    public void CorrelationIdIsMissing_Refused() =>
        Refused("mesh_test.counting", Columns[1..], "lacks the column correlation_id");

    [Test]
    public void ColumnHasNoProperty_Refused() =>
        Refused("mesh_test.counting", [.. Columns, "colour"], "has no property for 'colour'");

    [Test]
    public void PropertyHasNoColumn_RefusedBecauseItsValueWouldBeLost() =>
        Refused("mesh_test.counting", Columns[..^1], "has no column for Scopes");

    private static void Refused(string name, SagaColumn[] columns, string because) =>
        Assert.That(
            () => new SagaTable<CountingState>(name, columns),
            Throws.ArgumentException.With.Message.Contains(because)
        );
}
