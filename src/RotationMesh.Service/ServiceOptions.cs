using System.CommandLine;

namespace RotationMesh.Service;

/// <summary>Options of every service. Each may be given as an environment variable <c>ROTATIONMESH_…</c> instead.</summary>
internal sealed class ServiceOptions
{
    /// <summary>Variable with the broker's address; with the suffix <c>_FILE</c>, a file that holds the address.</summary>
    public const string RabbitMqVariable = "ROTATIONMESH_RABBITMQ";

    public ServiceOptions(string defaultListen) =>
        Listen = new("--listen")
        {
            Description = "Where it answers over HTTP; port 0 takes a free one (ROTATIONMESH_LISTEN)",
            HelpName = "URL",
            DefaultValueFactory = _ => FromEnvironment("LISTEN") ?? defaultListen,
        };

    public Option<string> Config { get; } =
        new("--config")
        {
            Description = "The rotation map (ROTATIONMESH_CONFIG)",
            HelpName = "FILE",
            DefaultValueFactory = _ => FromEnvironment("CONFIG") ?? "rotation.yaml",
        };

    public Option<string?> EnvFile { get; } =
        new("--env-file")
        {
            Description = "A dotenv file with keys and connection strings (ROTATIONMESH_ENV_FILE)",
            HelpName = "FILE",
            DefaultValueFactory = _ => FromEnvironment("ENV_FILE"),
        };

    public Option<string?> RabbitMq { get; } =
        new("--rabbitmq")
        {
            Description =
                "RabbitMQ: amqp(s)://user:password@host:port/vhost (ROTATIONMESH_RABBITMQ, where other users can't read it)",
            HelpName = "URL",
        };

    public Option<string?> RabbitMqFile { get; } =
        new("--rabbitmq-file")
        {
            Description = "A file that holds the address of RabbitMQ (ROTATIONMESH_RABBITMQ_FILE)",
            HelpName = "FILE",
        };

    public Option<string> Listen { get; }

    /// <summary>Value of <c>ROTATIONMESH_NAME</c>; null where it is not set or empty.</summary>
    public static string? FromEnvironment(string name)
    {
        var value = Environment.GetEnvironmentVariable($"ROTATIONMESH_{name}");
        return string.IsNullOrEmpty(value) ? null : value;
    }
}
