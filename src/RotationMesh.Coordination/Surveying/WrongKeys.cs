using RotationMesh.Contracts;
using RotationMesh.Control.Failures;
using RotationMesh.Core;
using RotationMesh.Tables.Probing;

namespace RotationMesh.Coordination.Surveying;

/// <summary>Tries the keys on a sample of each table before anything of it is written.</summary>
internal static class WrongKeys
{
    /// <summary>
    /// Returns what was tried. Throws <see cref="UsageException"/> that names the tables and versions whose key can't
    /// be the right one.
    /// </summary>
    public static async Task<IReadOnlyList<ProbeResult>> EnsureNoneAsync(
        KeyProbe probe,
        KnownFailures known,
        IEnumerable<SurveyedTable> tables,
        RotationGoal goal,
        CancellationToken cancellationToken
    )
    {
        var (tried, wrong) = await FindAsync(probe, known, tables, goal, cancellationToken);
        if (wrong.Count > 0)
            throw new UsageException(
                string.Join(Environment.NewLine, wrong.Select(result => result.Explain()))
            );
        return tried;
    }

    /// <summary>Returns what was tried, and the tables and versions whose key can't be that of the rows.</summary>
    public static async Task<(IReadOnlyList<ProbeResult> Tried, IReadOnlyList<ProbeResult> Wrong)> FindAsync(
        KeyProbe probe,
        KnownFailures known,
        IEnumerable<SurveyedTable> tables,
        RotationGoal goal,
        CancellationToken cancellationToken
    )
    {
        var (tried, wrong) = (new List<ProbeResult>(), new List<ProbeResult>());
        foreach (var table in tables)
        {
            var results = await probe.ProbeAsync(
                table.Target,
                table.Counts,
                Surveyor.Tenants(goal),
                cancellationToken
            );
            tried.AddRange(results);
            wrong.AddRange(
                await known.WrongKeysAsync(table.Target, table.Counts, results, cancellationToken)
            );
        }

        return (tried, wrong);
    }
}
