using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Target.Probing;

namespace RotationMesh.Mesh.Coordination;

/// <summary>Tries the keys on a sample of each table before anything of it is written.</summary>
internal static class WrongKeys
{
    /// <summary>Throws <see cref="UsageException"/> that names the tables and versions whose key can't be the right one.</summary>
    public static async Task EnsureNoneAsync(
        KeyProbe probe,
        KnownFailures known,
        IEnumerable<SurveyedTable> tables,
        RotationGoal goal,
        CancellationToken cancellationToken
    )
    {
        var wrong = await FindAsync(probe, known, tables, goal, cancellationToken);
        if (wrong.Count > 0)
            throw new UsageException(
                string.Join(Environment.NewLine, wrong.Select(result => result.Explain()))
            );
    }

    /// <summary>The tables and versions whose key can't be the one that the rows were encrypted with.</summary>
    public static async Task<IReadOnlyList<ProbeResult>> FindAsync(
        KeyProbe probe,
        KnownFailures known,
        IEnumerable<SurveyedTable> tables,
        RotationGoal goal,
        CancellationToken cancellationToken
    )
    {
        var wrong = new List<ProbeResult>();
        foreach (var table in tables)
        {
            var results = await probe.ProbeAsync(
                table.Target,
                table.Counts,
                Surveyor.Tenants(goal),
                cancellationToken
            );
            wrong.AddRange(
                await known.WrongKeysAsync(table.Target, table.Counts, results, cancellationToken)
            );
        }

        return wrong;
    }
}
