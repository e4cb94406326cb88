using RotationMesh.Tables.Census;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Versions;

namespace RotationMesh.LocalOperations.Retiring;

/// <summary>Describes for the operator what needs a key version.</summary>
internal static class RetirementObstacles
{
    /// <summary>Describes rows that claim the version, or no version.</summary>
    public static IEnumerable<string> Rows(long? version, IReadOnlyList<RowsByVersion> tables)
    {
        foreach (var table in tables)
        {
            var name = $"table {table.Target.Entry.Name} (database {table.Target.Entry.Database})";
            if (table.Claiming(version, external: false) is > 0 and var rows)
                yield return $"{name}: {rows} rows claim version {version}";
            if (table.Claiming(version, external: true) is > 0 and var external)
                yield return $"{name}: {external} external values of version {version} are outside the database: "
                    + "give the table an externalStore and rotate, or rewrite them with the application";
            if (
                version is not null
                && table.Claiming(null, external: false) + table.Claiming(null, external: true)
                    is > 0
                        and var unknown
            )
                yield return $"{name}: {unknown} rows name no version, and may need any key";
        }
    }

    /// <summary>
    /// Describes rows that need the version, in tables that inherit from tables of the map and that the map leaves
    /// out.
    /// </summary>
    public static IEnumerable<string> LeftOut(long? version, IEnumerable<LeftOutRows> tables)
    {
        foreach (var rows in tables)
        {
            var name =
                $"table {rows.Table} (database {rows.Beside.Entry.Database}), which inherits from {rows.Beside.Entry.Shown} and is left out";
            if (rows.Fault is { } fault)
                yield return $"{name}: {fault}";
            else if (rows.Version == version || rows.Version is null)
                yield return $"{name}: {rows.Rows} rows {(rows.Version is null ? "name no version, and may need any key" : $"claim version {version}")}: "
                    + "give it an entry of its own";
        }
    }

    /// <summary>Describes rotations to the version that this control database does not know.</summary>
    public static IEnumerable<string> Elsewhere(
        int version,
        IReadOnlyList<(string Database, VersionHolder Holder)> open
    ) =>
        open.Where(one => one.Holder.IsOf(version) && !one.Holder.IsAlone)
            .GroupBy(one => one.Database, one => one.Holder)
            .Select(holders => VersionClosing.Explain(holders.Key, version, holders));
}
