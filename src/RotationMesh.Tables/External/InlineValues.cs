using System.Globalization;
using RotationMesh.Core;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.External;

/// <summary>
/// Envelopes in a table at rows whose value lives elsewhere. A row fails where one of them needs the key of another version
/// than it claims; <paramref name="Failures"/> has some of <paramref name="Failed"/> such rows.
/// </summary>
public sealed record InlineValues(
    MappedTable Target,
    IReadOnlyList<InlineCount> Counts,
    IReadOnlyList<RowFailure> Failures,
    long Failed
)
{
    /// <summary>The table, as it is told.</summary>
    public string Table => $"table {Target.Entry.Name} (database {Target.Entry.Database})";
}

/// <summary>
/// Rows that claim a version and hold an envelope in a column: one that the key of <paramref name="OpenedBy"/> opens, or what
/// may be one and no key of the ring opens; or what could not be tried with the keys.
/// </summary>
public sealed record InlineCount(string Column, long? Claimed, int? OpenedBy, bool IsUntried, long Rows)
{
    /// <summary>Whether it needs the key of another version than the row claims.</summary>
    public bool IsMislabelled => OpenedBy is { } version && version != Claimed;

    /// <summary>What is there, in words that follow the table's name.</summary>
    public string Told
    {
        get
        {
            var what =
                OpenedBy is { } version ? $"that {Reasons.InlineValues} {version}"
                : IsUntried
                    ? "that could not be tried: they name no tenant, were written meanwhile, or are too large"
                : "that may be envelopes, and no key that was tried opens them";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{Rows} external rows, which claim version {Claimed?.ToString(CultureInfo.InvariantCulture) ?? "none"}, hold values in column {Column} {what}"
            );
        }
    }
}
