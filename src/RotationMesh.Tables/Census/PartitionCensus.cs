using Npgsql;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Census;

/// <summary>Counts rows of a partition, read-only.</summary>
public sealed class PartitionCensus(ApplicationDatabases databases)
{
    /// <summary>
    /// Counts the rows of the range whose value is in the table and not at the target version. Null where no leaf has
    /// this name any more: it was dropped with its rows, or they are counted under another name.
    /// </summary>
    public async Task<long?> CountPendingAsync(
        MappedTable target,
        PartitionRange range,
        int targetVersion,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(range);
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        var rows = 0L;
        try
        {
            foreach (var tenant in RowQuery.Parts(target, range))
            {
                await using var batch = RowQuery.CountPending(
                    connection,
                    target,
                    range,
                    tenant,
                    targetVersion
                );
                await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
                if (target.ByTenant)
                    await reader.NextResultAsync(cancellationToken);
                await reader.ReadAsync(cancellationToken);
                rows += reader.GetInt64(0);
            }
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            if (await LiveLeaves.ExistsAsync(databases, range, cancellationToken))
                throw;
            return null;
        }

        return rows;
    }
}
