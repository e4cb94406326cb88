using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using RotationMesh.Core.Keys;
using RotationMesh.Engine.Operating;
using RotationMesh.MapFile;
using RotationMesh.Operations;
using RotationMesh.Postgres.Control;

namespace RotationMesh.Benchmarks;

/// <summary>
/// A coordinator and two workers over RabbitMQ against the same rotation in one process, in the same run: rows per second
/// from the start of the rotation to its end, by the database's clock. Prints a Markdown table with medians.
/// </summary>
internal static class MeshBenchmark
{
    public static async Task<int> RunAsync(int rows, int runs)
    {
        var server = Variable("ROTATIONMESH_POSTGRES");
        var broker = Variable("ROTATIONMESH_RABBITMQ");
        var database = new BenchDatabase(server);
        var folder = Directory.CreateTempSubdirectory("rotationmesh-bench");
        try
        {
            var environment = Environment(database, broker, Path.Combine(folder.FullName, "rotation.yaml"));
            var program = new BuiltProgram(Built("rotationmesh"), environment);
            var map = await program.RunAsync("sample", "map");
            await File.WriteAllTextAsync(environment["ROTATIONMESH_CONFIG"], map.Output);
            await database.CreateAsync();
            await program.RunAsync("sample", "load", "--rows", Text(rows), "--tenants", "1000");
            await database.KeepAsync();
            var embedded = new List<double>();
            var mesh = new List<double>();
            for (var run = 0; run < runs; run++)
            {
                await database.ResetAsync();
                await program.RunAsync("rotate", "--scope", "knowledge", "--workers", "2");
                embedded.Add(rows / await SecondsAsync(database));
                await database.ResetAsync();
                await RotateOverBrokerAsync(environment);
                mesh.Add(rows / await SecondsAsync(database));
            }

            Console.WriteLine("| rows | embedded, rows/s | over RabbitMQ, rows/s | share |");
            Console.WriteLine("|---:|---:|---:|---:|");
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {rows:N0} | {Median(embedded):N0} | {Median(mesh):N0} | {Median(mesh) / Median(embedded):0.00} |"
                )
            );
            return 0;
        }
        finally
        {
            await database.DropAsync();
            folder.Delete(recursive: true);
        }
    }

    private static async Task RotateOverBrokerAsync(Dictionary<string, string> environment)
    {
        using var coordinator = Start(environment, "rotationmesh-coordinator");
        using var first = Start(environment, "rotationmesh-worker", "--concurrency", "1");
        using var second = Start(environment, "rotationmesh-worker", "--concurrency", "1");
        try
        {
            var map = RotationMapReader.Read(
                environment["ROTATIONMESH_CONFIG"],
                name => environment.GetValueOrDefault(name)
            );
            using var ring = KeyRingReader.Read(name => environment.GetValueOrDefault(name));
            await using var control = new ControlDatabase(map.ControlConnectionString);
            var rotations = new ControlRotations(map, () => ring, control);
            var order = new RotationOrder
            {
                Rows = new RowSelection { Only = ["knowledge"] },
                RequestedBy = "bench",
            };
            var id = await rotations.StartAsync(order, CancellationToken.None);
            await foreach (var now in rotations.FollowAsync(id, CancellationToken.None))
                if (now is { EndedAt: not null, State: not "Completed" })
                    throw new InvalidOperationException($"the rotation ended as {now.State}: {now.Reason}");
        }
        finally
        {
            foreach (var process in new[] { coordinator, first, second })
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }
    }

    private static Process Start(
        Dictionary<string, string> environment,
        string program,
        params string[] arguments
    )
    {
        var start = new ProcessStartInfo(Built(program), [.. arguments, "--listen", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task<double> SecondsAsync(BenchDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT extract(epoch FROM ended_at - started_at)::float8 FROM rotationmesh.rotations WHERE state = 'Completed'",
            connection
        );
        return (double)(await command.ExecuteScalarAsync())!;
    }

    private static Dictionary<string, string> Environment(
        BenchDatabase database,
        string broker,
        string map
    ) =>
        new()
        {
            ["APP_DATABASE_URL"] = new NpgsqlConnectionStringBuilder(database.ConnectionString)
            {
                Pooling = true,
            }.ConnectionString,
            ["ROTATIONMESH_RABBITMQ"] = broker,
            ["ROTATIONMESH_CONFIG"] = map,
            ["MASTER_ENCRYPTION_KEY"] = RandomNumberGenerator.GetHexString(64, lowercase: true),
            ["MASTER_ENCRYPTION_KEY_VERSION"] = "2",
            ["MASTER_ENCRYPTION_PREVIOUS_KEYS"] =
                $$"""{"1":"{{RandomNumberGenerator.GetHexString(64, lowercase: true)}}"}""",
        };

    private static string Variable(string name) =>
        System.Environment.GetEnvironmentVariable(name)
        ?? throw new InvalidOperationException($"{name} is not set: run `make bench`");

    private static string Built(string program) => Path.GetFullPath(Path.Combine("artifacts", program));

    private static double Median(List<double> figures) =>
        (figures.Order().ElementAt((figures.Count - 1) / 2) + figures.Order().ElementAt(figures.Count / 2))
        / 2;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
