using Npgsql;
using RotationMesh.Core.Envelopes;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Writing;

namespace RotationMesh.IntegrationTests.Concurrency;

/// <summary>Reads a batch and writes it, step by step, so that a test can do something in between.</summary>
internal sealed class RowReader : IAsyncDisposable
{
    private readonly Fixture fixture;
    private readonly MappedTable target;
    private readonly Reencryptor reencryptor;
    private LeafTable leaf;

    private RowReader(Fixture fixture, MappedTable target)
    {
        this.fixture = fixture;
        this.target = target;
        leaf = target.Shape.Leaves.Single();
        reencryptor = new Reencryptor(fixture.Ring);
    }

    public static async Task<RowReader> OfAsync(Fixture fixture) =>
        new(fixture, (await fixture.TargetsAsync()).Single());

    /// <summary>All rows that are not at version 2, re-encrypted to it.</summary>
    public async Task<RowBatch> ReadAsync()
    {
        var range = PartitionRange.Of(target.Entry, leaf.Name);
        await using var connection = await OpenAsync();
        leaf = await LeafColumns.FindAsync(connection, leaf.Name, target.Entry, CancellationToken.None);
        await using var query = RowQuery.Pending(connection, target, range, null, 2);
        await using var reader = await query.ExecuteReaderAsync();
        var batch = new RowBatch(target);
        var rows = new RowReencryptor(fixture.Ring, reencryptor, new RotationTarget(2, false));
        var cursor = new RowCursor(reader, target);
        while (await cursor.ReadAsync(CancellationToken.None))
            Assert.That(rows.Add(target, cursor, batch), Is.Null);
        return batch;
    }

    /// <summary>Writes the batch; the number of rows that were written.</summary>
    public async Task<int> WriteAsync(RowBatch batch, WriteTerm? term = null)
    {
        await using var connection = await fixture.Databases.OpenWritingAsync(
            Fixture.App,
            CancellationToken.None
        );
        var outcome = await new BatchWriter(
            connection,
            target,
            leaf,
            2,
            term ?? Terms.Long,
            new WriteClock(connection, term ?? Terms.Long)
        ).WriteAsync(batch, null);
        return outcome.Written;
    }

    public ValueTask DisposeAsync()
    {
        reencryptor.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<NpgsqlConnection> OpenAsync() =>
        await fixture.Databases.Reader(Fixture.App).OpenConnectionAsync();
}
