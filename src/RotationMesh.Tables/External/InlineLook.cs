using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.External;

/// <summary>
/// Looks for envelopes that stand in the table at rows whose value lives elsewhere: beside that value, or left behind in
/// its place. No rotation rewrites them, and the row's version says nothing about them. It reads every such row, never a
/// sample.
/// </summary>
public sealed class InlineLook(ApplicationDatabases databases, KeyRing ring)
{
    /// <summary>Most times that the leaves are listed.</summary>
    private const int Tries = 10;

    /// <summary>
    /// Returns what a table holds at its external rows, of some tenants or (null) of all. Where there is a store, only the
    /// store's column is read: the others are rotated and verified with the row. Throws <see cref="NpgsqlException"/>, and
    /// <see cref="UsageException"/> where no table has this name any more, or its leaves keep changing.
    /// </summary>
    public async Task<InlineValues> LookAsync(
        MappedTable target,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Entry.External is null)
            return new InlineTally(target).End();
        using var reencryptor = new Reencryptor(ring);
        var opener = new InlineOpener(target, ring, reencryptor);
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        if (target.ByTenant)
            tenants ??= await new TenantList(connection).AllAsync(target, cancellationToken);
        // A leaf that is renamed before it is read looks dropped, and one that is attached meanwhile is unknown. So the leaves
        // are listed again, until each was read by the name that it has then.
        var read = new Dictionary<(long Oid, SqlName Name), InlineTally>();
        for (var tries = 0; tries < Tries; tries++)
        {
            var leaves = await ListAsync(connection, target, cancellationToken);
            if (leaves.All(read.ContainsKey))
                return InlineTally.Sum(target, leaves.Select(leaf => read[leaf])).End();
            foreach (var leaf in leaves.Where(leaf => !read.ContainsKey(leaf)))
                if (
                    await ReadAsync(connection, target, leaf.Name, tenants, opener, cancellationToken) is
                    { } tally
                )
                    read.Add(leaf, tally);
        }

        throw new UsageException(
            $"table {target.Entry.Shown} got other partitions each time that what its external rows hold was looked at: do it again "
                + "when nobody attaches or renames any"
        );
    }

    // Returns null where no leaf has this name.
    private async Task<InlineTally?> ReadAsync(
        NpgsqlConnection connection,
        MappedTable target,
        SqlName leaf,
        IReadOnlyList<string>? tenants,
        InlineOpener opener,
        CancellationToken cancellationToken
    )
    {
        var range = PartitionRange.Of(target.Entry, leaf, tenants);
        var tally = new InlineTally(target);
        try
        {
            var reading = new InlineReading(databases, target, range, opener, tally);
            foreach (var tenant in RowQuery.Parts(target, range))
                await reading.ReadAsync(connection, tenant, cancellationToken);
            return tally;
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            if (await LiveLeaves.ExistsAsync(databases, range, cancellationToken))
                throw;
            return null;
        }
    }

    private static async Task<IReadOnlyList<(long Oid, SqlName Name)>> ListAsync(
        NpgsqlConnection connection,
        MappedTable target,
        CancellationToken cancellationToken
    )
    {
        var catalog = new Catalog(connection, cancellationToken);
        if (await catalog.FindTableAsync(SqlName.Parse(target.Shape.Quoted)) is not { } table)
            throw new UsageException(
                $"table {target.Entry.Shown} was renamed or dropped before what its external rows hold was looked at: do it again"
            );
        return
        [
            .. (await catalog.LeavesAsync(table.Oid, target.Entry.Only))
                .Where(leaf => leaf.Kind == "r")
                .Select(leaf =>
                    (leaf.Oid, new SqlName(new SqlIdentifier(leaf.Schema), new SqlIdentifier(leaf.Name)))
                ),
        ];
    }
}
