using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RotationMesh.Tables;

/// <summary>
/// The right to write for a rotation until a write deadline. Each write checks it against the clock of the database that it
/// writes, so a process that was frozen, or a command that comes late, writes nothing.
/// </summary>
/// <param name="RotationId">
/// The rotation. Each write holds its lock; whoever ends the rotation makes sure that nobody holds it any more.
/// </param>
/// <param name="Until">The write deadline, in UTC.</param>
public sealed record WriteTerm(Guid RotationId, DateTime Until)
{
    /// <summary>A right that has ended, for those who write nothing.</summary>
    public static WriteTerm None { get; } = new(Guid.Empty, DateTime.UnixEpoch);

    /// <summary>The database that may be written.</summary>
    public ExpectedDatabase Place { get; init; } = ExpectedDatabase.Any;

    /// <summary>The key version that rows are brought to. The writer holds its lock as long as it works.</summary>
    public int Version { get; init; }

    /// <summary>Number of the rotation's advisory lock.</summary>
    internal long Lock { get; } = LockOf(RotationId);

    /// <summary>
    /// Returns the number of a rotation's advisory lock. It equals a lock of the application by one chance in 2^64.
    /// </summary>
    public static long LockOf(Guid rotationId) =>
        BinaryPrimitives.ReadInt64BigEndian(
            SHA256.HashData(Encoding.UTF8.GetBytes($"rotationmesh/write/{rotationId}"))
        );

    /// <summary>
    /// Returns an SQL condition that is true while the transaction may write; its parameters are the lock's number and the
    /// write deadline. It takes the rotation's lock, shared, until the transaction ends, and then asks the clock. PostgreSQL
    /// evaluates a subquery that refers to no rows once per statement, before the first row.
    /// </summary>
    internal static string Holds(int lockParameter, int untilParameter) =>
        $"(SELECT CASE WHEN pg_catalog.pg_try_advisory_xact_lock_shared(${lockParameter}) "
        + $"THEN pg_catalog.clock_timestamp() OPERATOR(pg_catalog.<) ${untilParameter} ELSE FALSE END)";
}

/// <summary>The rotation may not write in this database any more. Batches that were written before stay written.</summary>
internal sealed class WriteTermEndedException : Exception;
