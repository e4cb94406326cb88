using System.CommandLine;
using RotationMesh.Bus.Topology;
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

    internal ServiceSite(ParseResult parsed, ServiceOptions options, Variables variables, bool usesControl)
    {
        this.parsed = parsed;
        this.variables = variables;
        Listen = ListenAddress.Parse(parsed.GetValue(options.Listen)!);
        var broker = new BrokerChoice(
            parsed.GetValue(options.RabbitMq),
            parsed.GetValue(options.RabbitMqFile),
            variables
        );
        Broker = new BrokerSource(() => BrokerAddress.Parse(broker.Read()), broker.IsFile);
        var named = new SortedSet<string>(StringComparer.Ordinal);
        Map = RotationMapReader.Read(
            parsed.GetValue(options.Config)!,
            name =>
            {
                named.Add(name);
                return variables.Get(name);
            },
            usesControl
        );
        Setting[] ofMap = [.. named.Select(name => OfMap(name, variables))];
        var keys = new KeySettings(variables);
        Ring = variables.TakeRing();
        Settings = [.. broker.Settings, .. keys.Of(Ring), .. ofMap];
    }

    /// <summary>The rotation map.</summary>
    public RotationMap Map { get; }

    /// <summary>The key ring.</summary>
    public KeyRing Ring { get; }

    /// <summary>Address of RabbitMQ; a file that holds it is read again whenever the service connects.</summary>
    public BrokerSource Broker { get; }

    /// <summary>Address at which the service answers over HTTP.</summary>
    public Uri Listen { get; }

    /// <summary>
    /// Broker, keys and the variables that the map names, each with its source. A variable of the map may hold a password, so
    /// none is shown.
    /// </summary>
    internal IReadOnlyList<Setting> Settings { get; }

    /// <summary>Returns the value of an option that the service added.</summary>
    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    /// <summary>Returns the value of a variable of the environment or the dotenv file; null where it is not set.</summary>
    public string? Variable(string name) => variables.Get(name);

    private static Setting OfMap(string name, Variables variables) =>
        variables.Source(name) is { } source
            ? new Setting("${" + name + "}", Setting.Hidden, source)
            : new Setting("${" + name + "}", Setting.NotSet, Setting.ByDefault);
}
