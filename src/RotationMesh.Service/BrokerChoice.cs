using RotationMesh.Core;
using RotationMesh.Hosting;

namespace RotationMesh.Service;

/// <summary>
/// Where a service takes the address of RabbitMQ from: an option, the file that an option names, or the variable. Options take
/// precedence.
/// </summary>
internal sealed class BrokerChoice(string? address, string? file, Variables variables)
{
    private const string AddressOption = "--rabbitmq";
    private const string FileOption = "--rabbitmq-file";

    private static readonly string Variable = ProgramVariable.RabbitMq.Name;
    private static readonly string FileVariable = ProgramVariable.RabbitMqFile.Name;

    /// <summary>Whether the address is in a file of its own, which may be replaced while the service runs.</summary>
    public bool IsFile => File is not null;

    /// <summary>Where the address comes from, without the address: it holds a password.</summary>
    public IEnumerable<Setting> Settings =>
        [new(AddressOption, Setting.Hidden, Source), new(FileOption, File ?? Setting.NotSet, FileSource)];

    private string? File => address is null ? file ?? variables.Get(FileVariable) : null;

    private string Source =>
        address is not null ? Setting.FromOption
        : file is not null ? Variables.SourceOfFile(file, FileOption)
        : variables.SourceOfSecret(Variable) ?? Setting.ByDefault;

    private string FileSource =>
        File is null ? Setting.ByDefault
        : file is not null ? Setting.FromOption
        : variables.Source(FileVariable) ?? Setting.ByDefault;

    /// <summary>
    /// Reads the address, which may have changed. Throws <see cref="UsageException"/> where there is none or more than one.
    /// </summary>
    public string Read()
    {
        if (address is not null && file is not null)
            throw new UsageException($"both {AddressOption} and {FileOption} are given: give one of them");
        if (address is not null)
            return address;
        if (file is not null)
            return Variables.ReadSecret(file, FileOption);
        return variables.GetSecret(Variable)
            ?? throw new UsageException(
                $"no RabbitMQ: set {Variable} to amqp(s)://user:password@host:port/vhost, or give {FileOption} FILE"
            );
    }
}
