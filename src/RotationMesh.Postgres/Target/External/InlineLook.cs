using Npgsql;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Postgres.Target.Census;
using RotationMesh.Postgres.Target.Planning;
using RotationMesh.Postgres.Target.Rows;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Postgres.Target.External;

/// <summary>
/// Looks for envelopes in the table at rows whose value lives elsewhere: beside that value, or left behind in its place. No
/// rotation counts on them, and the version that the row claims says nothing of them. Every such row is read, never a sample.
/// </summary>
public sealed class InlineLook(TargetDatabases databases, KeyRing ring)
{
    /// <summary>
    /// What a table holds, of some tenants or all. With a store it is the store's column alone: the others are rotated and
    /// verified with the row. Throws <see cref="NpgsqlException"/>.
    /// </summary>
    public async Task<InlineValues> LookAsync(
        TableTarget target,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        var tally = new InlineTally(target);
        if (target.Entry.External is null)
            return tally.End();
        using var reencryptor = new Reencryptor(ring);
        var opener = new InlineOpener(target, ring, reencryptor);
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        if (target.ByTenant)
            tenants ??= await new TenantList(connection).AllAsync(target, cancellationToken);
        foreach (var leaf in await LiveLeaves.ListAsync(connection, target, cancellationToken))
        {
            var range = new PartitionRange
            {
                Scope = target.Entry.Scope,
                Database = target.Entry.Database,
                Table = target.Entry.Name,
                Leaf = leaf.Name,
                Tenants = tenants,
            };
            try
            {
                var reading = new InlineReading(databases, target, range, opener, tally);
                foreach (var tenant in RowQuery.Parts(target, range))
                    await reading.ReadAsync(connection, tenant, cancellationToken);
            }
            catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                if (await LiveLeaves.ExistsAsync(databases, range, cancellationToken))
                    throw; // else it was dropped, and its rows with it
            }
        }

        return tally.End();
    }
}
