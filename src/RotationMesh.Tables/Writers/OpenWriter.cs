using System.Globalization;

namespace RotationMesh.Tables.Writers;

/// <summary>
/// A transaction that holds a lock under which rows of a table are written: what it wrote is not seen yet, and may be
/// committed at any moment.
/// </summary>
public sealed record OpenWriter
{
    /// <summary>Longest text of an application's name or a gid that is shown.</summary>
    private const int Shown = 80;

    /// <summary>Identity while it runs; a prepared transaction may have another after a restart of the server.</summary>
    public string VirtualTransaction { get; init; } = "";

    /// <summary>Its transaction ids, with those of its savepoints; none before it has written.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>Process of its session; null where it is prepared, and has none.</summary>
    public int? Pid { get; init; }

    /// <summary>Name of a prepared transaction.</summary>
    public string? Gid { get; init; }

    /// <summary>Name that the application gave its session; of a subscription's worker, the subscription's.</summary>
    public string? Application { get; init; }

    /// <summary>Its role.</summary>
    public string? Role { get; init; }

    /// <summary>Begin, or when it was prepared; null where this role may not see it.</summary>
    public DateTime? Since { get; init; }

    /// <summary>Time since then, in seconds.</summary>
    public double? AgeSeconds { get; init; }

    /// <summary>The table that it has locked.</summary>
    public string Table { get; init; } = "";

    /// <summary>Whether both are one transaction, also where it was prepared in between.</summary>
    internal bool Is(OpenWriter other) =>
        VirtualTransaction == other.VirtualTransaction || Ids.Intersect(other.Ids).Any();

    /// <summary>For the operator: who, since when, and what ends it.</summary>
    public override string ToString()
    {
        var who =
            Gid is not null ? $"prepared transaction '{Cut(Gid)}'"
            : Pid is { } pid ? string.Create(CultureInfo.InvariantCulture, $"session {pid}")
            : $"transaction {VirtualTransaction}";
        var application = string.IsNullOrEmpty(Application) ? "" : $"{Cut(Application)}, ";
        return $"{who} ({application}role {Role ?? "unknown"}, {Age()}) on table {Table}";
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
