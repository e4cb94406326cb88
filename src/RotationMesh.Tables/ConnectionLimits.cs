namespace RotationMesh.Tables;

/// <summary>The limits on a role's connections to a database, and how many connections are in use.</summary>
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

    /// <summary>Returns the lowest limit that is below <paramref name="needed"/>; null where none is.</summary>
    public ConnectionLimit? Narrowest(int needed) =>
        All(needed)
            .Where(limit => limit.Connections >= 0 && limit.Connections < needed)
            .MinBy(limit => limit.Connections);

    /// <summary>
    /// Returns the limit with the fewest connections left, among those that allow <paramref name="needed"/> but have fewer
    /// left; null where there is none.
    /// </summary>
    public ConnectionLimit? Fullest(int needed) =>
        All(needed)
            .Where(limit => limit.Connections >= needed && limit.Connections - limit.Used < needed)
            .MinBy(limit => limit.Connections - limit.Used);

    // Every connection in use counts as others', except the one that asks.
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
/// How many connections <paramref name="Owner"/> allows, below zero where it sets no limit; how to raise the limit, and how
/// many connections others use.
/// </summary>
internal sealed record ConnectionLimit(string Owner, int Connections, string Raise, int Used = 0);
