using RotationMesh.Core;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Probing;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Engine;

/// <summary>Finds the faults of declared columns in counted tables: no row holds a value there.</summary>
internal static class ColumnFaults
{
    /// <summary>Throws <see cref="UsageException"/> with every fault, where there is any.</summary>
    public static async Task EnsureNoneAsync(
        ColumnLook look,
        IEnumerable<(MappedTable Target, IReadOnlyList<VersionCount> Counts)> tables,
        bool ofAllTenants,
        CancellationToken cancellationToken
    )
    {
        var faults = await FindAsync(look, tables, ofAllTenants, cancellationToken);
        if (faults.Count > 0)
            throw new UsageException(
                string.Join(Environment.NewLine, faults.Select(fault => fault.Explain()))
            );
    }

    /// <summary>Returns every fault.</summary>
    public static async Task<IReadOnlyList<ColumnFault>> FindAsync(
        ColumnLook look,
        IEnumerable<(MappedTable Target, IReadOnlyList<VersionCount> Counts)> tables,
        bool ofAllTenants,
        CancellationToken cancellationToken
    )
    {
        var faults = new List<ColumnFault>();
        foreach (var (target, counts) in tables)
            faults.AddRange(await look.FindFaultsAsync(target, counts, ofAllTenants, cancellationToken));
        return faults;
    }
}
