using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RotationMesh.Tables;

/// <summary>
/// The right to write for a rotation. It ends by the clock of the database that is written, which each write asks: a
/// process that was frozen, or a command that comes late, writes nothing.
/// </summary>
/// <param name="RotationId">The rotation. Writes hold its lock in their database, and who ends it takes it away from them.</param>
/// <param name="Until">When it ends, in UTC.</param>
public sealed record WriteTerm(Guid RotationId, DateTime Until)
{
    /// <summary>The right of one who writes nothing: it has ended.</summary>
    public static WriteTerm None { get; } = new(Guid.Empty, DateTime.UnixEpoch);

    /// <summary>The database that may be written.</summary>
    public ExpectedDatabase Place { get; init; } = ExpectedDatabase.Any;

    /// <summary>The key version that rows are brought to, which whoever writes holds as long as he does.</summary>
    public int Version { get; init; }

    /// <summary>Number of the rotation's advisory lock.</summary>
    internal long Lock { get; } = LockOf(RotationId);

    /// <summary>Number of a rotation's advisory lock: an application's own is another but for one chance in 2^64.</summary>
    public static long LockOf(Guid rotationId) =>
        BinaryPrimitives.ReadInt64BigEndian(
            SHA256.HashData(Encoding.UTF8.GetBytes($"rotationmesh/write/{rotationId}"))
        );

    /// <summary>
    /// Whether the transaction may write, as a condition on the parameters with the lock's number and the end: it takes the
    /// rotation's lock, shared, until it ends, and then asks the clock. A subquery without a reference to rows is evaluated
    /// once a statement, before the first row.
    /// </summary>
    internal static string Holds(int lockParameter, int untilParameter) =>
        $"(SELECT CASE WHEN pg_catalog.pg_try_advisory_xact_lock_shared(${lockParameter}) "
        + $"THEN pg_catalog.clock_timestamp() OPERATOR(pg_catalog.<) ${untilParameter} ELSE FALSE END)";
}

/// <summary>The database does not let the rotation write any more. Batches that were written before stay written.</summary>
internal sealed class WriteTermEndedException : Exception;
