using System.Globalization;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Tables.Rows;

namespace RotationMesh.Coordination.Settling;

/// <summary>Checks whether a failed row can be recorded; a bad row does not keep out the others with it.</summary>
internal static class FailedRowCheck
{
    /// <summary>Far longer than an identifier of PostgreSQL, and than a name in a map.</summary>
    private const int LongestName = 1000;

    /// <summary>Longer than a key that PostgreSQL can index, compressed as well as it may be.</summary>
    private const int LongestKey = 1_000_000;

    /// <summary>Longer than any cause that a worker sends: some names.</summary>
    private const int LongestCause = 10_000;

    /// <summary>Columns of an index in a standard build of PostgreSQL.</summary>
    private const int MostColumns = 32;

    /// <summary>What is wrong with the message as a whole, without a quote of it; null where nothing is.</summary>
    public static string? Fault(RowsFailed message)
    {
        if (
            !MessageText.Fits(message.Scope, LongestName)
            || !MessageText.Fits(message.Database, LongestName)
            || !MessageText.Fits(message.Table, LongestName)
        )
            return "its failed rows are of no table";
        return message.Rows is null ? "it has no failed rows" : null;
    }

    /// <summary>What is wrong with one of its rows; null where nothing is.</summary>
    public static string? Fault(FailedRow? row)
    {
        if (row?.Key is not { Count: > 0 and <= MostColumns } key || !key.All(IsPart))
            return "a failed row has no key";
        if (key.Select(part => part.Column).Distinct().Count() != key.Count)
            return "a failed row has no key";
        if (row.Tenant is not null && !MessageText.Fits(row.Tenant, LongestKey, mayBeEmpty: true))
            return "a failed row's tenant is no text";
        if (row.Size <= 0)
            return "a failed row's value has no size";
        if (row.Cause is not null && !MessageText.Fits(row.Cause, LongestCause))
            return "a failed row's cause is no text";
        return Enum.GetNames<RowError>().Contains(row.Error) ? null : "a failed row has no known error class";
    }

    private static bool IsPart(KeyPart part) =>
        MessageText.Fits(part.Column, LongestName)
        && MessageText.Fits(part.Value, LongestKey, mayBeEmpty: true)
        && (
            !part.IsNumber
            || long.TryParse(part.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
        );
}
