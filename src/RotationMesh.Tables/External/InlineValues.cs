using System.Globalization;
using RotationMesh.Core;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.External;

/// <summary>
/// Envelopes in a table at rows whose value lives elsewhere. A row fails where one of them needs the key of another
/// version than the row claims. <paramref name="Failed"/> counts such rows, <paramref name="Failures"/> holds some of them.
/// </summary>
public sealed record InlineValues(
    MappedTable Target,
    IReadOnlyList<InlineCount> Counts,
    IReadOnlyList<RowFailure> Failures,
    long Failed
)
{
    /// <summary>The table, in words for the operator.</summary>
    public string Table => $"table {Target.Entry.Name} (database {Target.Entry.Database})";
}

/// <summary>
/// Rows that claim one version and hold in one column what may be an envelope: one that the key of version
/// <paramref name="OpenedBy"/> opens; or, where that is null, one that no key of the ring opens or, with
/// <paramref name="IsUntried"/>, that could not be tried.
/// </summary>
public sealed record InlineCount(string Column, long? Claimed, int? OpenedBy, bool IsUntried, long Rows)
{
    /// <summary>Whether it needs the key of another version than the row claims.</summary>
    public bool IsMislabelled => OpenedBy is { } version && version != Claimed;

    /// <summary>What is there, in words that follow the table's name.</summary>
    public string Description
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
