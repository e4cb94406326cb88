using Npgsql;
using NUnit.Framework;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Core.Map.Gates;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Tables;
using RotationMesh.TestKit;
using RotationMesh.TestKit.Http;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Differences;

/// <summary>A rotation is gone on with by a process whose map leaves a table out that the rotation's has.</summary>
[TestFixture]
internal sealed class WhenTheMapChanges
{
    private AskedApplication application = null!;
    private SampleWorld loaded = null!;
    private SampleWorld world = null!;
    private SampleWorld smaller = null!;

    [SetUp]
    public async Task Load()
    {
        application = await AskedApplication.StartAsync();
        loaded = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 3 });
        await loaded.Database.ExecuteAsync("CREATE TABLE kept AS SELECT * FROM knowledge_sources");
        world = loaded.Beside(Asking(loaded.Parts.Map));
        var yaml = SampleMap.Yaml("APP");
        smaller = loaded.Beside(
            Asking(
                SampleWorld.Read(
                    yaml[..yaml.IndexOf("    - table: knowledge_sources", StringComparison.Ordinal)],
                    _ => loaded.Database.ConnectionString
                )
            )
        );
    }

    [TearDown]
    public async Task Drop()
    {
        await smaller.DisposeAsync();
        await world.DisposeAsync();
        await loaded.DisposeAsync();
        await application.DisposeAsync();
    }

    [Test]
    public async Task It_is_not_counted_by_another_map()
    {
        Guid rotation;
        await using (var late = await world.Database.DataSource.OpenConnectionAsync())
        await using (var writing = await late.BeginTransactionAsync())
        await using (var mesh = await RunningMesh.OpenAsync(world, new WorkerOptions()))
        {
            rotation = mesh.Id;
            await using var hold = new NpgsqlCommand(
                $"SELECT pg_advisory_xact_lock_shared({WriteTerm.LockOf(rotation)})",
                late
            );
            await hold.ExecuteNonQueryAsync();
            await mesh.ControlAsync(mesh.Order(rotation, []));
            await mesh.UntilAsync(
                now => now.State == "Rotating" && Says(now, "a write in database"),
                "its sweep is settled"
            );
        }

        await IsLeftToTheRightMapAsync(rotation);
    }

    [Test]
    public async Task It_is_not_ended_by_another_map()
    {
        Guid rotation;
        application.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        await using (var mesh = await RunningMesh.StartAsync(world, new WorkerOptions()))
        {
            rotation = mesh.Id;
            await Eventually.Holds(
                () => Task.FromResult(application.Asked.Count > 0),
                TimeSpan.FromMinutes(1),
                "all is verified"
            );
        }

        application.Answer = _ => Task.CompletedTask;
        await IsLeftToTheRightMapAsync(rotation);
    }

    private async Task IsLeftToTheRightMapAsync(Guid rotation)
    {
        await world.Database.ExecuteAsync(
            """
            UPDATE knowledge_sources s SET configuration = k.configuration, encryption_key_version = k.encryption_key_version
            FROM kept k WHERE k.id = s.id
            """
        );
        await using (var mesh = await RunningMesh.OpenAsync(smaller, new WorkerOptions()))
            await mesh.UntilAsync(rotation, now => Says(now, Reasons.MapDiffers), "it says so");
        await using (var mesh = await RunningMesh.OpenAsync(world, new WorkerOptions()))
            await mesh.UntilAsync(rotation, now => now.State == "Completed", "it completes");

        Assert.That(await world.AtVersionAsync(1), Is.Zero);
    }

    private RotationMap Asking(RotationMap map) =>
        map with
        {
            PostChecks =
            [
                new PostCheckEntry(
                    "export",
                    new HttpExpectation
                    {
                        Url = new Deferred<Uri>(new Uri(application.Url)),
                        Status = 200,
                        Timeout = TimeSpan.FromMinutes(1),
                    }
                ),
            ],
        };

    private static bool Says(RunningRotation now, string what) =>
        now.Reason?.Contains(what, StringComparison.Ordinal) == true;
}
