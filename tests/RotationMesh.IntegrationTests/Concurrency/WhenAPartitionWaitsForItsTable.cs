using System.Text;
using RotationMesh.Core.External;
using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Rewriting;
using RotationMesh.Tables.Rows;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Concurrency;

/// <summary>The time to write counts from when the deadline was read, and not from when a locked table was free.</summary>
public sealed class WhenAPartitionWaitsForItsTable
{
    [Test]
    public async Task The_wait_is_no_more_time_to_send_values_to_a_store()
    {
        var sealedValue = Value.Seal("plain", "acme");
        await using var fixture = await StoreNotes.CreateAsync(_ => Task.FromResult(sealedValue), version: 2);
        await fixture.ExecuteAsync(
            $"INSERT INTO notes (id, tenant, body, version, object_name) VALUES ('x', 'acme', '{StoreNotes.Marker}', 1, 'x')"
        );
        var until = await fixture.ScalarAsync<DateTime>("SELECT clock_timestamp() + interval '6 seconds'");
        var store = new LateStore(fixture, until, sealedValue);
        fixture.Stores = store;
        var target = (await fixture.TargetsAsync()).Single();
        using var rotator = new PartitionRotator(
            fixture.Databases,
            fixture.Ring,
            new RotationSettings(new RotationTarget(2, false), 1000, false),
            _ => { }
        );
        await using var locking = await fixture.Source.OpenConnectionAsync();
        await using var transaction = await locking.BeginTransactionAsync();
        await using var take = new Npgsql.NpgsqlCommand("LOCK TABLE notes IN ACCESS EXCLUSIVE MODE", locking);
        await take.ExecuteNonQueryAsync();

        var run = rotator.RotateAsync(
            target,
            PartitionRange.Of(target.Entry, target.Shape.Leaves.Single().Name),
            new WriteTerm(Guid.NewGuid(), until),
            2,
            _ => Task.CompletedTask,
            CancellationToken.None
        );
        await Eventually.Holds(
            () =>
                fixture.ScalarAsync<bool>(
                    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'notes'::regclass)"
                ),
            TimeSpan.FromSeconds(5),
            "the partition waits for its table"
        );
        await using var hold = new Npgsql.NpgsqlCommand("SELECT pg_sleep(1.5)", locking);
        await hold.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        var outcome = await run;

        Assert.That((store.IsSent, outcome.OutOfTime), Is.EqualTo((false, true)));
    }

    /// <summary>A store that takes until the deadline has just passed before a value can be sent.</summary>
    private sealed class LateStore(Fixture fixture, DateTime until, string value)
        : IExternalStores,
            IExternalStore,
            IExternalValue
    {
        public bool IsSent { get; private set; }

        public ReadOnlyMemory<byte> Envelope { get; } = Encoding.UTF8.GetBytes(value);

        public IExternalStore Open(ExternalStoreEntry entry) => this;

        public Task<IExternalValue> ReadAsync(string name, CancellationToken cancellationToken) =>
            Task.FromResult<IExternalValue>(this);

        public Task EnsureReplaceableAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task<bool> TryReplaceAsync(
            ReadOnlyMemory<byte> envelope,
            Action beforeWriting,
            CancellationToken cancellationToken
        )
        {
            await fixture.ExecuteAsync(
                "SELECT pg_sleep_until(@until + interval '200 milliseconds')",
                new { until }
            );
            beforeWriting();
            IsSent = true;
            return true;
        }
    }
}
