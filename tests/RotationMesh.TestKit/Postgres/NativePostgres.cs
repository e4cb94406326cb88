using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace RotationMesh.TestKit.Postgres;

/// <summary>
/// A server from installed binaries, in a temporary folder on a free port. A shell watches over it and ends it as soon
/// as the pipe to this process breaks: see <c>private-server.sh</c>.
/// </summary>
internal sealed class NativePostgres : IPostgres
{
    // Another process may take the free port first.
    private const int Attempts = 3;

    private readonly Process watchdog;

    private NativePostgres(Process watchdog, string connectionString)
    {
        this.watchdog = watchdog;
        ConnectionString = connectionString;
    }

    public string ConnectionString { get; }

    public static async Task<IPostgres> StartAsync(string binaries)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
            Process watchdog = Start(binaries, port, password);
            var answer = await watchdog.StandardOutput.ReadLineAsync();
            if (answer == "ready")
            {
                return new NativePostgres(watchdog, ConnectionTo(port, password));
            }

            var log = await watchdog.StandardOutput.ReadToEndAsync();
            watchdog.Dispose();
            if (attempt == Attempts)
            {
                throw new InvalidOperationException(
                    $"PostgreSQL from {binaries} did not start: {answer}\n{log}"
                );
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        watchdog.StandardInput.Close();
        // The watchdog may be a grandchild; its end is the end of its output.
        await watchdog.StandardOutput.ReadToEndAsync();
        watchdog.Dispose();
    }

    private static Process Start(string binaries, int port, string password)
    {
        var directory = Directory.CreateTempSubdirectory("rotationmesh-postgres-").FullName;
        var start = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true };
        // In a session of its own, it survives the signals and the kill of a whole process tree that end a test run.
        string[] command =
        [
            .. OnPath("setsid") ? ["setsid", "--fork"] : Array.Empty<string>(),
            "sh",
            "-c",
            Script(),
        ];
        start.FileName = command[0];
        foreach (var argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DIRECTORY"] = directory;
        start.Environment["BIN"] = binaries;
        start.Environment["PORT"] = $"{port}";
        start.Environment["PASSWORD"] = password;
        start.Environment["RUN_AS"] = RunAs();
        return Process.Start(start)!;
    }

    // PostgreSQL refuses to run as root.
    private static string RunAs()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "";
        }

        return OnPath("setpriv")
            ? "setpriv --reuid postgres --regid postgres --init-groups --"
            : "runuser -u postgres --";
    }

    private static string Script()
    {
        using Stream stream = typeof(NativePostgres).Assembly.GetManifestResourceStream("private-server.sh")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string ConnectionTo(int port, string password) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "rotationmesh",
            Password = password,
            Database = "postgres",
        }.ConnectionString;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
