using RotationMesh.Core;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Probing;

namespace RotationMesh.LocalOperations.Verifying;

/// <summary>Finds where the map does not say what the rows of counted tables hold.</summary>
internal static class ColumnFaults
{
    /// <summary>Throws <see cref="UsageException"/> with every declared column that no row holds a value in.</summary>
    public static async Task EnsureNoneAsync(
        ColumnLook look,
        IEnumerable<RowsByVersion> tables,
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

    /// <summary>Returns every declared column that no row holds a value in.</summary>
    public static async Task<IReadOnlyList<ColumnFault>> FindAsync(
        ColumnLook look,
        IEnumerable<RowsByVersion> tables,
        bool ofAllTenants,
        CancellationToken cancellationToken
    )
    {
        var faults = new List<ColumnFault>();
        foreach (var table in tables)
            faults.AddRange(await look.FindFaultsAsync(table, ofAllTenants, cancellationToken));
        return faults;
    }

    /// <summary>Returns the tables with rows that the predicate <c>external</c> passes over.</summary>
    public static IEnumerable<ColumnFault> Strays(IEnumerable<RowsByVersion> tables) =>
        tables.Select(StrayRows.Find).OfType<ColumnFault>();
}
