using Npgsql;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Retirement;

/// <summary>
/// Keeps a retirement and the start of a rotation to the same version apart. One of the two always sees the other, because a
/// rotation's row is committed before the rotation asks whether its target is retired.
/// </summary>
public static class RetirementBarrier
{
    // No rotation begins, or begins anew, until this transaction ends. The limit is shorter than the time after which the
    // server looks for deadlocks, so that in a deadlock this statement gives way and never the other.
    private const string Close = """
        SET LOCAL lock_timeout = '500ms'; LOCK TABLE rotationmesh.rotations IN SHARE MODE
        """;

    // A rotation that began and ended since then may have brought rows to the version that the count did not see.
    private const string FindEnded = """
        SELECT correlation_id FROM rotationmesh.rotations
        WHERE (target_version = @version OR target_fingerprint = @fingerprint) AND ended_at >= @counted AND requested_by IS NOT NULL
        """;

    /// <summary>Returns the message about a rotation to the version that is not over.</summary>
    public static string Running(Guid rotationId, int version) =>
        $"rotation {rotationId} brings rows to version {version}: wait for its end, or cancel it";

    /// <summary>Returns the message about a worker that may still bring rows to the version.</summary>
    public static string Writing(WriteDeadline deadline, int version)
    {
        ArgumentNullException.ThrowIfNull(deadline);
        return $"rotation {deadline.RotationId} may still bring rows to version {version}: wait {deadline}";
    }

    /// <summary>
    /// Lets no rotation begin until the transaction ends, and returns what is in the way of retiring the version. The count of
    /// rows began at <paramref name="counted"/>, by the clock of the control database. Write deadlines are compared with the
    /// <paramref name="clocks"/> of their databases, which were read before.
    /// </summary>
    internal static async Task<IReadOnlyList<string>> CloseAsync(
        NpgsqlConnection connection,
        int version,
        string? fingerprint,
        DateTime counted,
        IReadOnlyDictionary<string, DateTime> clocks,
        CancellationToken cancellationToken
    )
    {
        var values = new
        {
            version,
            fingerprint,
            counted,
        };
        await connection.ExecuteAsync(Close, null, cancellationToken);
        var running = await connection.QueryAsync<Guid>(
            RetiredKeyStore.FindRunning,
            values,
            cancellationToken
        );
        var ended = await connection.QueryAsync<Guid>(FindEnded, values, cancellationToken);
        var deadlines = await connection.QueryAsync<WriteDeadline>(
            WriteDeadlines.ToVersion,
            values,
            cancellationToken
        );
        return
        [
            .. running.Select(id => Running(id, version)),
            .. ended.Select(id =>
                $"rotation {id} to version {version} ended while the rows were counted: retire it again"
            ),
            .. deadlines
                .Where(deadline =>
                    !clocks.TryGetValue(deadline.Database, out var now) || now < deadline.Until
                )
                .Select(deadline => Writing(deadline, version)),
        ];
    }
}
