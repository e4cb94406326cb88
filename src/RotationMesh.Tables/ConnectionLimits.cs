namespace RotationMesh.Tables;

/// <summary>What bounds the connections of a role to a database, and how many of them are in use.</summary>
internal sealed record ConnectionLimits
{
    public string Role { get; init; } = "";
    public string Database { get; init; } = "";
    public int OfRole { get; init; }
    public int OfDatabase { get; init; }
    public int OfServer { get; init; }
    public int UsedByRole { get; init; }
    public int UsedInDatabase { get; init; }
    public int UsedInAll { get; init; }

    /// <summary>The lowest limit below so many connections; null where none is.</summary>
    public ConnectionLimit? Narrowest(int needed) =>
        All(needed)
            .Where(limit => limit.Connections >= 0 && limit.Connections < needed)
            .MinBy(limit => limit.Connections);

    /// <summary>The limit that has the fewest left, where it would allow so many; null where all have them left.</summary>
    public ConnectionLimit? Fullest(int needed) =>
        All(needed)
            .Where(limit => limit.Connections >= needed && limit.Connections - limit.Used < needed)
            .MinBy(limit => limit.Connections - limit.Used);

    // All are used by others, but for the connection that asks.
    private ConnectionLimit[] All(int needed) =>
        [
            new($"role {Role}", OfRole, $"ALTER ROLE \"{Role}\" CONNECTION LIMIT {needed}", UsedByRole - 1),
            new(
                $"database {Database}",
                OfDatabase,
                $"ALTER DATABASE \"{Database}\" CONNECTION LIMIT {needed}",
                UsedInDatabase - 1
            ),
            new("the server", OfServer, "raise its max_connections", UsedInAll - 1),
        ];
}

/// <summary>
/// Connections that <paramref name="Owner"/> allows, below zero where it sets no limit; how to raise them, and those that
/// others use.
/// </summary>
internal sealed record ConnectionLimit(string Owner, int Connections, string Raise, int Used = 0);
