using RotationMesh.Core.Map;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables.Scanning;

namespace RotationMesh.LocalOperations.Scanning;

/// <summary>
/// Says what an operator can do about places that a scan did not look at. The places of one call have one cause, and are of one
/// database.
/// </summary>
internal static class UnreadWords
{
    /// <summary>Most places for which rights or options are spelled out.</summary>
    private const int Listed = 5;

    private const string AllRights = "pg_read_all_data, which has it for all schemas, from PostgreSQL 14 on";

    /// <summary>Whether the place holds no value at all.</summary>
    public static bool HoldsNothing(UnscannedDocument left) => left.Cause == nameof(UnreadCause.NoData);

    /// <summary>Says what to do so that the places can be looked at, or what to do instead.</summary>
    public static string Remedy(IReadOnlyList<UnscannedDocument> left) =>
        left[0].Cause switch
        {
            nameof(UnreadCause.NoRight) => Select(left),
            nameof(UnreadCause.NoUsage) =>
                $"GRANT USAGE ON SCHEMA {Schemas(left)} TO the role, and SELECT on its tables; or {AllRights}",
            nameof(UnreadCause.Foreign) => "find out what the server that has its rows holds",
            nameof(UnreadCause.NotRead) => "find out by other means",
            nameof(UnreadCause.NoData) => "there is nothing to do until it is refreshed",
            nameof(UnreadCause.MayPass) => "try again when that has passed",
            _ => "mend the cause, or find out by other means",
        };

    /// <summary>Returns the options that leave the places out of the scan; a reason is to follow.</summary>
    public static string Skip(string database, IReadOnlyList<UnscannedDocument> left) =>
        left.Count <= Listed
            ? string.Join(' ', left.Select(one => UntriedWords.Skip(database, one.Table, one.Column)))
            : "--skip-scan-of PLACE for each, as --output json has them, or of a whole schema, such as "
                + UntriedWords.Skip(database, Schema(left[0]));

    private static string Select(IReadOnlyList<UnscannedDocument> left)
    {
        if (left.Count > Listed)
            return $"GRANT SELECT ON ALL TABLES IN SCHEMA {Schemas(left)} TO the role, or {AllRights}";
        var tables = left.Where(one => one.Column is null).Select(one => Table(one).Quoted).ToList();
        var columns = left.Where(one => one.Column is not null)
            .GroupBy(one => Table(one).Quoted, one => new SqlIdentifier(one.Column!).Quoted)
            .Select(table => $"SELECT ({string.Join(", ", table)}) ON {table.Key}");
        string[] whole = tables.Count == 0 ? [] : [$"SELECT ON {string.Join(", ", tables)}"];
        return string.Join(" and ", whole.Concat(columns).Select(right => $"GRANT {right} TO the role"));
    }

    private static string Schemas(IReadOnlyList<UnscannedDocument> left) =>
        ScanWords.List([.. left.Select(one => Schema(one).Quoted).Distinct()]);

    private static SqlName Table(UnscannedDocument left) => SqlName.Parse(left.Table);

    private static SqlIdentifier Schema(UnscannedDocument left) => Table(left).Schema!.Value;
}
