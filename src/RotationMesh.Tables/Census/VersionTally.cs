using Npgsql;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Census;

/// <summary>Adds up counts by version, of a table that is counted in one part or in several.</summary>
internal sealed class VersionTally(MappedTable target)
{
    /// <summary>
    /// Index of the first count in the select list, of rows that hold no value. The counts of rows that hold one in each
    /// declared column follow, and then the counts of stray rows and of rows with an object beside their value.
    /// </summary>
    private const int FirstHeldCount = 3;

    private readonly Dictionary<(long?, bool), VersionCount> counts = [];

    /// <summary>The select list; it is grouped by the first two.</summary>
    public string Columns { get; } =
        $"{target.Sql.Version}::pg_catalog.int8, {target.Sql.External}, pg_catalog.count(*), {new HeldColumns(target).Counts}";

    /// <summary>The groups that follow the select list.</summary>
    public const string Grouping = "GROUP BY 1, 2";

    /// <summary>What was added, in the order of versions.</summary>
    public IReadOnlyList<VersionCount> Counts =>
        [.. counts.Values.OrderBy(count => count.Version ?? 0).ThenBy(count => count.External)];

    /// <summary>Adds the row that the reader stands on.</summary>
    public void Add(NpgsqlDataReader reader)
    {
        var key = (reader.IsDBNull(0) ? (long?)null : reader.GetInt64(0), reader.GetBoolean(1));
        var before = counts.GetValueOrDefault(key);
        var afterValues = FirstHeldCount + 1 + target.Entry.Columns.Count;
        counts[key] = new VersionCount(key.Item1, key.Item2, before.Rows + reader.GetInt64(2))
        {
            Empty = before.Empty + reader.GetInt64(FirstHeldCount),
            Stray = before.Stray + reader.GetInt64(afterValues),
            Beside = before.Beside + reader.GetInt64(afterValues + 1),
            Values =
            [
                .. target.Entry.Columns.Select(
                    (_, i) => before.Values.ElementAtOrDefault(i) + reader.GetInt64(FirstHeldCount + 1 + i)
                ),
            ],
        };
    }
}
