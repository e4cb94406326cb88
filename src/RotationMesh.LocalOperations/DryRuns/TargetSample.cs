using System.Globalization;
using RotationMesh.Core.Keys;
using RotationMesh.LocalOperations.Verifying;
using RotationMesh.Tables;
using RotationMesh.Tables.External;

namespace RotationMesh.LocalOperations.DryRuns;

/// <summary>
/// Finds rows at the target version that do not decrypt, for the report of a dry run: no rotation rewrites them, and
/// the rotation's verification would fail on them.
/// </summary>
internal sealed class TargetSample(ApplicationDatabases databases, KeyRing ring)
{
    /// <summary>
    /// Returns sentences for the operator: on values of the sample that was taken at the start, and on values that
    /// stand in a table at external rows under another key than the rows claim.
    /// </summary>
    public async Task<IReadOnlyList<string>> FindAsync(
        IReadOnlyList<TableRun> tables,
        int version,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        var told = new List<string>();
        var look = new InlineLook(databases, ring);
        foreach (var table in tables)
        {
            foreach (var result in table.Sampled.Where(one => one.Version == version && one.Failed > 0))
                told.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"table {table.Target.Entry.Shown}: {result.Failed} of {result.Tried} sampled values at version {version} do not decrypt with its key (fingerprint {result.Fingerprint}), and no rotation rewrites them: run verify"
                    )
                );
            var inline = await look.LookAsync(table.Target, tenants, cancellationToken);
            told.AddRange(
                inline
                    .Counts.Where(count => count.IsMislabelled && count.Claimed == version)
                    .Select(count => $"{inline.Table}: {count.Description}")
            );
        }

        return told;
    }
}
