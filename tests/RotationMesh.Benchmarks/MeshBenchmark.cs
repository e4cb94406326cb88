using System.Diagnostics;
using System.Globalization;
using Npgsql;
using RotationMesh.Control;
using RotationMesh.Core.Keys;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.MapFile;
using RotationMesh.Operations;

namespace RotationMesh.Benchmarks;

/// <summary>
/// A coordinator and two workers over RabbitMQ against the same rotation in one process, in the same run: rows per second
/// from the start of the rotation to its end, by the database's clock. The services have rotated a few rows of another
/// scope before. Prints a Markdown table with medians.
/// </summary>
internal static class MeshBenchmark
{
    private const int Tenants = 1000;
    private const int Workers = 2;

    public static async Task<int> RunAsync(int rows, int runs)
    {
        await using var fixture = await SampleFixture.OpenAsync();
        fixture.Environment["ROTATIONMESH_RABBITMQ"] = SampleFixture.Variable("ROTATIONMESH_RABBITMQ");
        await fixture.LoadAsync(rows, Tenants);
        var embedded = new List<double>();
        var mesh = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            await fixture.RotateAsync();
            embedded.Add(rows / await SecondsAsync(fixture.Database));
            await fixture.Database.ResetAsync();
            await RotateOverBrokerAsync(fixture.Environment);
            mesh.Add(rows / await SecondsAsync(fixture.Database));
            Console.Error.WriteLine(
                $"run {run + 1}: embedded {embedded[^1]:0}, over RabbitMQ {mesh[^1]:0} rows/s"
            );
        }

        var (here, there) = (Medians.Of(embedded), Medians.Of(mesh));
        Console.WriteLine("| rows | embedded, rows/s | over RabbitMQ, rows/s | share |");
        Console.WriteLine("|---:|---:|---:|---:|");
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {rows:N0} | {here:N0} | {there:N0} | {there / here:0.00} |"
            )
        );
        return 0;
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
            await JoinedAsync(control);
            var rotations = new ControlRotations(map, () => ring, control);
            await RotateAsync(rotations, "connectors");
            await RotateAsync(rotations, "knowledge");
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

    private static async Task RotateAsync(ControlRotations rotations, string scope)
    {
        var order = new RotationOrder
        {
            Rows = new RowSelection { Only = [scope] },
            RequestedBy = "bench",
        };
        var id = await rotations.StartAsync(order, CancellationToken.None);
        await foreach (var now in rotations.FollowAsync(id, CancellationToken.None))
            if (now is { EndedAt: not null, State: not "Completed" })
                throw new InvalidOperationException($"the rotation ended as {now.State}: {now.Reason}");
    }

    // Services run before a rotation is asked for, and after it.
    private static async Task JoinedAsync(ControlDatabase control)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await control.HasAsync("workers", timeout.Token) || await WorkersAsync(control) < Workers)
            await Task.Delay(TimeSpan.FromMilliseconds(100), timeout.Token);
    }

    private static async Task<long> WorkersAsync(ControlDatabase control)
    {
        await using var command = control.Source.CreateCommand("SELECT count(*) FROM rotationmesh.workers");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static Process Start(
        Dictionary<string, string> environment,
        string program,
        params string[] arguments
    )
    {
        var start = new ProcessStartInfo(
            SampleFixture.Built(program),
            [.. arguments, "--listen", "http://127.0.0.1:0"]
        )
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
            "SELECT extract(epoch FROM ended_at - started_at)::float8 FROM rotationmesh.rotations WHERE state = 'Completed' ORDER BY started_at DESC LIMIT 1",
            connection
        );
        return (double)(await command.ExecuteScalarAsync())!;
    }
}
