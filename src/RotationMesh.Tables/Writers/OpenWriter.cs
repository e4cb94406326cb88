using System.Globalization;

namespace RotationMesh.Tables.Writers;

/// <summary>
/// A transaction that may write: it holds a lock for writing rows of a table or, where a whole database is looked at, it is open.
/// Nobody else sees yet what it wrote, and it may commit at any moment.
/// </summary>
public sealed record OpenWriter
{
    /// <summary>Characters of an application's name or a gid that are shown at most.</summary>
    private const int Shown = 80;

    /// <summary>Identity while it runs; a prepared transaction may have another after a restart of the server.</summary>
    public string VirtualTransaction { get; init; } = "";

    /// <summary>Its transaction ids, with those of its savepoints; none before it has written.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>Process id of its session; null for a prepared transaction, which has no session.</summary>
    public int? Pid { get; init; }

    /// <summary>Name of the prepared transaction; null for any other.</summary>
    public string? Gid { get; init; }

    /// <summary>Name that the application gave its session; for a subscription's worker, the name of the subscription.</summary>
    public string? Application { get; init; }

    /// <summary>Its role.</summary>
    public string? Role { get; init; }

    /// <summary>Seconds since it began, or was prepared; null where this role may not see that.</summary>
    public double? AgeSeconds { get; init; }

    /// <summary>The table that it has locked; empty where a whole database is looked at.</summary>
    public string Table { get; init; } = "";

    /// <summary>Returns whether both are the same transaction, also where it was prepared in between.</summary>
    internal bool Is(OpenWriter other) =>
        VirtualTransaction == other.VirtualTransaction || Ids.Intersect(other.Ids).Any();

    /// <summary>Describes it for the operator: who it is, how long it has been open, and on which table if one is known.</summary>
    public override string ToString()
    {
        var who =
            Gid is not null ? $"prepared transaction '{Cut(Gid)}'"
            : Pid is { } pid ? string.Create(CultureInfo.InvariantCulture, $"session {pid}")
            : $"transaction {VirtualTransaction}";
        var application = string.IsNullOrEmpty(Application) ? "" : $"{Cut(Application)}, ";
        var table = Table.Length == 0 ? "" : $" on table {Table}";
        return $"{who} ({application}role {Role ?? "unknown"}, {Age()}){table}";
    }

    private string Age() =>
        AgeSeconds switch
        {
            null => "age not shown to this role",
            < 60 and var seconds => string.Create(CultureInfo.InvariantCulture, $"open for {seconds:0} s"),
            var seconds => string.Create(CultureInfo.InvariantCulture, $"open for {seconds / 60:0} min"),
        };

    private static string Cut(string text) => text.Length <= Shown ? text : text[..Shown] + "…";
}
