using RotationMesh.Core;

namespace RotationMesh.Bus.Topology;

/// <summary>
/// Supplies the broker's address. User, password and authorities may change while the service runs, as mounted files do; the
/// rest of the address stays as at the start. Throws <see cref="UsageException"/> where there is none at first.
/// </summary>
public sealed class BrokerSource(Func<BrokerAddress> read, bool isFile = false)
{
    /// <summary>The address of the start.</summary>
    public BrokerAddress Address { get; } = Checked(read)();

    /// <summary>What to do where user or password are refused.</summary>
    internal string Remedy { get; } =
        isFile
            ? "put those that it knows into the file that holds the address: it is read again at each attempt"
            : "make the broker know them, or start again with those that it knows; an address in a file would be read again";

    /// <summary>The current address, or that of the start where it can't be read at this moment.</summary>
    internal BrokerAddress Current()
    {
        try
        {
            return read();
        }
        catch (UsageException)
        {
            return Address; // a secret that is just being replaced: the next attempt reads it again
        }
    }

    private static Func<BrokerAddress> Checked(Func<BrokerAddress> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return read;
    }
}
