namespace RotationMesh.Core.Map.Gates;

/// <summary>Queues of BullMQ: each is paused and none of its jobs runs.</summary>
public sealed record BullMqEntry(string Name, int Line) : GateEntry(Name, Workers, Line)
{
    /// <summary>The key of the map.</summary>
    public const string Kind = "bullmq";

    /// <summary>The Redis server that holds the queues.</summary>
    public required Deferred<RedisAddress> Redis { get; init; }

    /// <summary>PEM file of the authority that signed the server's certificate; null where the system knows it.</summary>
    public string? CaFile { get; init; }

    /// <summary>Prefix of the queues' keys; in a cluster with its hash tag, as in <c>{bull}</c>.</summary>
    public required string Prefix { get; init; }

    /// <summary>Names of the queues; at least one.</summary>
    public required IReadOnlyList<string> Queues { get; init; }

    /// <summary>How long jobs that ran when their queue was paused may take to end.</summary>
    public required TimeSpan DrainTimeout { get; init; }

    internal override IEnumerable<string> Identity => [Name, Prefix, .. Queues];
}

/// <summary>Queues of RabbitMQ: nothing consumes from them.</summary>
public sealed record RabbitMqEntry(string Name, int Line) : GateEntry(Name, Workers, Line)
{
    /// <summary>The key of the map.</summary>
    public const string Kind = "rabbitmq";

    /// <summary>URL of the broker's management API, with user and password.</summary>
    public required Deferred<Uri> Management { get; init; }

    /// <summary>The virtual host of the queues.</summary>
    public required string VirtualHost { get; init; }

    /// <summary>Names of the queues; at least one.</summary>
    public required IReadOnlyList<string> Queues { get; init; }

    internal override IEnumerable<string> Identity => [Name, VirtualHost, .. Queues];
}

/// <summary>Sessions of the application: none writes to the tables of the map.</summary>
public sealed record PostgresEntry(string Name, int Line) : GateEntry(Name, Workers, Line)
{
    /// <summary>The key of the map.</summary>
    public const string Kind = "postgres";

    /// <summary>Name of the map's database.</summary>
    public required string Database { get; init; }

    /// <summary>What the application calls its sessions (<c>application_name</c>); at least one.</summary>
    public required IReadOnlyList<string> Applications { get; init; }

    internal override IEnumerable<string> Identity => [Name, Database, .. Applications];
}

/// <summary>An endpoint of the application that answers as expected while its workers rest.</summary>
public sealed record HttpEntry(string Name, int Line) : GateEntry(Name, Workers, Line)
{
    /// <summary>The key of the map.</summary>
    public const string Kind = "http";

    /// <summary>The request and what its answer must be.</summary>
    public required HttpExpectation Expectation { get; init; }

    internal override IEnumerable<string> Identity => [Name, .. Expectation.Identity];
}

/// <summary>A program that exits 0 while the workers rest.</summary>
public sealed record CommandEntry(string Name, int Line) : GateEntry(Name, Workers, Line)
{
    /// <summary>The key of the map.</summary>
    public const string Kind = "command";

    /// <summary>The program and its arguments.</summary>
    public required CommandLine Run { get; init; }

    internal override IEnumerable<string> Identity => [Name];
}

/// <summary>A Deployment of Kubernetes without a replica.</summary>
public sealed record KubernetesEntry(string Name, int Line) : GateEntry(Name, Workers, Line)
{
    /// <summary>The key of the map.</summary>
    public const string Kind = "kubernetes";

    /// <summary>Name of the Deployment.</summary>
    public required string Deployment { get; init; }

    /// <summary>Its namespace.</summary>
    public required string Namespace { get; init; }

    internal override IEnumerable<string> Identity => [Name, Namespace, Deployment];
}
