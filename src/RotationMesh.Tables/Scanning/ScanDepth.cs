namespace RotationMesh.Tables.Scanning;

/// <summary>How much of each table a scan reads, and how long it searches for keys.</summary>
public sealed record ScanDepth
{
    /// <summary>
    /// For a scan that an operator waits for: a table of 64 MB or of 10,000 rows is read wholly in some seconds, and a larger
    /// one to the same extent.
    /// </summary>
    public static ScanDepth Look { get; } =
        new()
        {
            TableBytes = 64L << 20,
            WholeRows = 10_000,
            TableTime = TimeSpan.FromMinutes(1),
            SearchTime = TimeSpan.FromMinutes(1),
            Tenants = 10_000,
        };

    /// <summary>
    /// For the scan before a key is destroyed. It reads sixteen times as much, since no later scan can make up for it.
    /// </summary>
    public static ScanDepth Retirement { get; } =
        new()
        {
            TableBytes = 1L << 30,
            WholeRows = 160_000,
            TableTime = TimeSpan.FromMinutes(5),
            SearchTime = TimeSpan.FromMinutes(10),
            Tenants = 200_000,
        };

    /// <summary>Bytes that are read of one table, including values that are stored outside of its pages.</summary>
    public required long TableBytes { get; init; }

    /// <summary>A table of up to this many rows, by the server's estimate, is read wholly whatever its bytes.</summary>
    public required long WholeRows { get; init; }

    /// <summary>Longest time in which one table is read, and in which its tenants are listed.</summary>
    public required TimeSpan TableTime { get; init; }

    /// <summary>
    /// Longest time for trying keys of tenants that rows do not name, for all tables of a database together. One place gets a
    /// share of it.
    /// </summary>
    public required TimeSpan SearchTime { get; init; }

    /// <summary>Tenants of each table of the map that are listed, to try their keys.</summary>
    public required int Tenants { get; init; }
}
