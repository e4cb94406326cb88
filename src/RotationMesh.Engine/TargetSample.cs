using System.Globalization;
using RotationMesh.Core.Keys;
using RotationMesh.Tables;
using RotationMesh.Tables.External;

namespace RotationMesh.Engine;

/// <summary>
/// What a dry run tells of rows at the target version: no rotation rewrites them, and its verification fails on those that do
/// not decrypt.
/// </summary>
internal sealed class TargetSample(TargetDatabases databases, KeyRing ring)
{
    /// <summary>
    /// In sentences for the operator: values of the sample that was taken at the start, and what stands in a table at external
    /// rows under another key than they claim.
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
                    .Select(count => $"{inline.Table}: {count.Told}")
            );
        }

        return told;
    }
}
