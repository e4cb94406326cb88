namespace RotationMesh.Core.Map.Gates;

/// <summary>Where a Redis server listens, or one or more nodes of a cluster. Not a record: it holds a password.</summary>
public sealed class RedisAddress
{
    /// <summary>Port of a Redis server where the URL names none.</summary>
    public const int DefaultPort = 6379;

    /// <summary>Hosts with their ports; at least one.</summary>
    public required IReadOnlyList<(string Host, int Port)> Nodes { get; init; }

    /// <summary>User in Redis's access control list; null for the default user.</summary>
    public string? User { get; init; }

    /// <summary>The user's password; null where the server asks for none.</summary>
    public string? Password { get; init; }

    /// <summary>Number of the database; 0 in a cluster.</summary>
    public int Database { get; init; }

    /// <summary>Whether the connection is encrypted (scheme <c>rediss</c>).</summary>
    public bool Tls { get; init; }

    /// <inheritdoc/>
    public override string ToString() => "(not shown)";
}
