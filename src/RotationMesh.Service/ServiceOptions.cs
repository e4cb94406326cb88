using System.CommandLine;
using RotationMesh.Hosting;

namespace RotationMesh.Service;

/// <summary>
/// Options of every service. Each but <see cref="PrintConfig"/> and <see cref="Health"/> may be given as an environment variable
/// <c>ROTATIONMESH_…</c> instead.
/// </summary>
internal sealed class ServiceOptions
{
    public ServiceOptions(string defaultListen) =>
        Listen = new("--listen")
        {
            Description = $"Where it answers over HTTP; port 0 takes a free one ({ProgramVariable.Listen})",
            HelpName = "URL",
            DefaultValueFactory = _ => ProgramVariable.Listen.Value ?? defaultListen,
        };

    public Option<string> Config { get; } =
        new("--config")
        {
            Description = $"The rotation map ({ProgramVariable.Config})",
            HelpName = "FILE",
            DefaultValueFactory = _ => ProgramVariable.Config.Value ?? "rotation.yaml",
        };

    public Option<string?> EnvFile { get; } =
        new("--env-file")
        {
            Description = $"A dotenv file with keys and connection strings ({ProgramVariable.EnvFile})",
            HelpName = "FILE",
            DefaultValueFactory = _ => ProgramVariable.EnvFile.Value,
        };

    public Option<string?> RabbitMq { get; } =
        new("--rabbitmq")
        {
            Description =
                "RabbitMQ: amqp(s)://user:password@host:port/vhost "
                + $"({ProgramVariable.RabbitMq}, where other users can't read it)",
            HelpName = "URL",
        };

    public Option<string?> RabbitMqFile { get; } =
        new("--rabbitmq-file")
        {
            Description = $"A file that holds the address of RabbitMQ ({ProgramVariable.RabbitMqFile})",
            HelpName = "FILE",
        };

    public Option<string> Listen { get; }

    /// <summary>Asks a running service whether it is ready; none is started. No variable stands for it.</summary>
    public Option<bool> Health { get; } =
        new("--health")
        {
            Description =
                "Ask the service that listens there whether it is ready, and end with 0 if it is and 1 if it is not",
        };

    /// <summary>Asks what the service would work by; it is then not started. No variable stands for it.</summary>
    public Option<bool> PrintConfig { get; } =
        new("--print-config")
        {
            Description =
                "Check the configuration and show each value with its source, without starting; of a secret, only that it "
                + "is set",
        };
}
