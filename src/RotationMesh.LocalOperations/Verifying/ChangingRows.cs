using System.Globalization;
using RotationMesh.Core.Map;

namespace RotationMesh.LocalOperations.Verifying;

/// <summary>
/// Describes rows of a table that nobody verified: the application changed them each time that they were to be decrypted.
/// </summary>
public static class ChangingRows
{
    /// <summary>Returns a sentence for the operator; null where there are none.</summary>
    public static string? Describe(TableName table, long rows) =>
        rows > 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"table {table.Table} (database {table.Database}): {rows} rows changed each time that they were to be decrypted, so nobody knows whether they decrypt"
            )
            : null;
}
