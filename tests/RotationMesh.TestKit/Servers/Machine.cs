using System.Net;
using System.Net.Sockets;

namespace RotationMesh.TestKit.Servers;

/// <summary>What this machine offers to private servers.</summary>
internal static class Machine
{
    /// <summary>A folder in memory, which Linux has; the files of a new database cost a sixth there.</summary>
    private const string Memory = "/dev/shm";

    /// <summary>Free memory in bytes below which servers keep their files on the disk.</summary>
    private const long EnoughMemory = 6L << 30;

    private const int FirstPort = 10_000;
    private const int LastPort = 26_000;
    private const int PortAttempts = 100;

    /// <summary>Creates a folder that only this user can open, in memory if there is enough.</summary>
    public static string CreateServerFolder()
    {
        if (
            OperatingSystem.IsWindows()
            || !Directory.Exists(Memory)
            || new DriveInfo(Memory).AvailableFreeSpace < EnoughMemory
        )
            return Directory.CreateTempSubdirectory("rotationmesh-server-").FullName;
        var folder = Path.Combine(Memory, $"rotationmesh-server-{Guid.NewGuid():N}");
        return Directory
            .CreateDirectory(
                folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            )
            .FullName;
    }

    /// <summary>
    /// A port that was free a moment ago, for a server. It is none that the system gives to connections (Linux: from 32768
    /// on), which would take it from a server that a test stops and starts again. Another process may take it first.
    /// </summary>
    public static int FreePort()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var listener = new TcpListener(
                    IPAddress.Loopback,
                    Random.Shared.Next(FirstPort, LastPort)
                );
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException taken)
                when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < PortAttempts) { }
        }
    }

    /// <summary>Whether a program is on the path.</summary>
    public static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>What makes a command run as a user: servers refuse to run as root, or should not. Empty for others.</summary>
    public static string RunAs(string user) =>
        !Environment.IsPrivilegedProcess ? ""
        : OnPath("setpriv") ? $"setpriv --reuid {user} --regid {user} --init-groups --"
        : $"runuser -u {user} --";
}
