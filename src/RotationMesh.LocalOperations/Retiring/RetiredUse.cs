using RotationMesh.Control.Retirement;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables.Census;

namespace RotationMesh.LocalOperations.Retiring;

/// <summary>Finds rows that claim a retired version: something still writes with its key.</summary>
internal static class RetiredUse
{
    /// <summary>Returns the retired versions that rows of the table claim, with the number of rows.</summary>
    public static IEnumerable<RetiredUseDocument> Of(
        RowsByVersion table,
        IReadOnlyList<RetiredKey> retired
    ) =>
        from key in retired
        let rows = table.Claiming(key.Version, external: false) + table.Claiming(key.Version, external: true)
        where rows > 0
        select new RetiredUseDocument(
            table.Target.Entry.Scope,
            table.Target.Entry.Database,
            table.Target.Entry.Name,
            key.Version,
            rows
        );
}
