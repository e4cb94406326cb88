using Npgsql;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Retiring;
using RotationMesh.Operations.Documents;
using RotationMesh.Postgres;

namespace RotationMesh.LocalOperations.Operating;

/// <summary>
/// Finds what needs a version that is to be retired. What could not be counted prevents the retirement as well.
/// </summary>
internal static class VersionUse
{
    /// <summary>Share of the rows that the last look decrypts again: the first look decrypted them all.</summary>
    private const double Glance = 0.001;

    /// <summary>
    /// Returns what needs the version. Without <paramref name="progress"/> it counts the rows and decrypts a
    /// thousandth of them (of a small table more); with it, it decrypts all of them.
    /// </summary>
    public static async Task<KeyDocument> FindAsync(
        RetirementCheck check,
        int version,
        IProgress<ProgressDocument>? progress,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var found = progress is null
                ? await check.ExamineAsync(
                    version,
                    lasting: true,
                    awaiting: false,
                    rows => SampleShare.Of(Glance, rows),
                    new RotationProgress(),
                    cancellationToken
                )
                : await ProgressReports.WhileAsync(
                    progress,
                    now =>
                        check.ExamineAsync(
                            version,
                            lasting: true,
                            awaiting: true,
                            _ => null,
                            now,
                            cancellationToken
                        )
                );
            return found.Single(key => key.Version == version);
        }
        catch (NpgsqlException fault)
        {
            return Uncounted(version, fault);
        }
    }

    /// <summary>Returns the answer about a version where something could not be counted.</summary>
    public static KeyDocument Uncounted(int version, NpgsqlException fault) =>
        new(version, null, false, 0, 0, false) { InTheWay = [Describe(fault)] };

    private static string Describe(NpgsqlException fault)
    {
        if (fault is TableLockedException locked)
            return locked.Message;
        var database = (fault as ApplicationDatabaseException)?.Database;
        var cause = fault.InnerException as NpgsqlException ?? fault;
        return $"{(database is null ? "a database" : $"database {database}")} could not be counted: {DatabaseFaults.Describe(cause)}";
    }
}
