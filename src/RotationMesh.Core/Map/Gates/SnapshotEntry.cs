using System.Globalization;

namespace RotationMesh.Core.Map.Gates;

/// <summary>
/// A snapshot to which the databases can be restored: the newest one is younger than <see cref="MaxAge"/> at the start.
/// </summary>
public sealed record SnapshotEntry(int Line) : GateEntry(Snapshot, Snapshot, Line)
{
    /// <summary>How old the newest snapshot may be when the rotation starts.</summary>
    public required TimeSpan MaxAge { get; init; }

    /// <summary>Where its age is read from; null where only the operator can say it.</summary>
    public SnapshotSource? Source { get; init; }

    internal override IEnumerable<string> Identity =>
        [Name, MaxAge.TotalMilliseconds.ToString(CultureInfo.InvariantCulture), Source?.Kind ?? ""];
}

/// <summary>Where the age of the newest snapshot is read from.</summary>
public abstract record SnapshotSource(string Kind);

/// <summary>A pgBackRest repository, through <c>pgbackrest info</c>.</summary>
public sealed record PgBackRestSource(string Stanza) : SnapshotSource("pgbackrest")
{
    /// <summary>Variables that the program gets, as in <see cref="CommandLine.Environment"/>.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];
}

/// <summary>A program that prints the time of the newest snapshot.</summary>
public sealed record CommandSource(CommandLine Run) : SnapshotSource("command");

/// <summary>A file that is written with each snapshot: the time of its last change.</summary>
public sealed record FileSource(string Path) : SnapshotSource("file");
