using System.CommandLine;
using RotationMesh.Bus.Topology;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Hosting;
using RotationMesh.MapFile;

namespace RotationMesh.Service;

/// <summary>A service's map, keys, broker and options.</summary>
public sealed class ServiceSite
{
    private readonly ParseResult parsed;
    private readonly Variables variables;

    internal ServiceSite(ParseResult parsed, ServiceOptions options, bool usesControl)
    {
        this.parsed = parsed;
        variables = new Variables(parsed.GetValue(options.EnvFile));
        Listen = ListenAddress.Parse(parsed.GetValue(options.Listen)!);
        var (typed, file) = (parsed.GetValue(options.RabbitMq), parsed.GetValue(options.RabbitMqFile));
        Broker = new BrokerSource(
            () => BrokerAddress.Parse(FindBroker(typed, file)),
            isFile: typed is null && (file is not null || variables.IsFile(ServiceOptions.RabbitMqVariable))
        );
        Map = RotationMapReader.Read(parsed.GetValue(options.Config)!, variables.Get, usesControl);
        Ring = variables.TakeRing();
    }

    /// <summary>The rotation map.</summary>
    public RotationMap Map { get; }

    /// <summary>The key ring.</summary>
    public KeyRing Ring { get; }

    /// <summary>Address of RabbitMQ; a file that holds it is read again whenever the service connects.</summary>
    public BrokerSource Broker { get; }

    /// <summary>Address at which the service answers over HTTP.</summary>
    public Uri Listen { get; }

    /// <summary>Returns the value of an option that the service added.</summary>
    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    /// <summary>Returns the value of a variable of the environment or the dotenv file; null where it is not set.</summary>
    public string? Variable(string name) => variables.Get(name);

    // Options take precedence over variables.
    private string FindBroker(string? address, string? file)
    {
        if (address is not null && file is not null)
            throw new UsageException("both --rabbitmq and --rabbitmq-file are given: give one of them");
        if (address is not null)
            return address;
        if (file is not null)
            return Variables.ReadSecret(file, "--rabbitmq-file");
        return variables.GetSecret(ServiceOptions.RabbitMqVariable)
            ?? throw new UsageException(
                $"no RabbitMQ: set {ServiceOptions.RabbitMqVariable} to amqp(s)://user:password@host:port/vhost, or "
                    + "give --rabbitmq-file FILE"
            );
    }
}
