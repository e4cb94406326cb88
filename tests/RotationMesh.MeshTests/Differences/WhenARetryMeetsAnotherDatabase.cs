using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Differences;

/// <summary>A rotation that has ended gave up its claims: only its records tell which rows it was for.</summary>
[TestFixture]
internal sealed class WhenARetryMeetsAnotherDatabase
{
    [Test]
    public async Task It_is_refused_the_failures_stay_and_the_right_database_is_retried()
    {
        await using var world = await SampleWorld.LoadAsync(
            new SampleOptions
            {
                Rows = 300,
                Tenants = 3,
                Corrupt = 2,
            }
        );
        await using var copy = await world.Database.CopyAsync();
        foreach (var table in new[] { "connectors", "knowledge_entries", "knowledge_sources" })
            await copy.ExecuteAsync($"DELETE FROM {table} WHERE encryption_key_version = 1");
        Guid id;
        await using (var mesh = await RunningMesh.StartAsync(world, new WorkerOptions()))
        {
            id = mesh.Id;
            await mesh.UntilAsync("CompletedWithFailures");
        }

        await world.Database.ExecuteAsync("DELETE FROM rotationmesh.claims"); // as the next rotation does
        await using var beside = world.Beside(
            SampleWorld.Read(
                $"{SampleMap.Yaml("APP")}\ncontrol: {{ connectionString: \"${{CONTROL}}\" }}\n",
                name => name == "APP" ? copy.ConnectionString : world.Database.ConnectionString
            )
        );
        await using (var strayed = await RunningMesh.OpenAsync(beside, new WorkerOptions()))
        {
            await strayed.ControlAsync(new RetryRotation(id, [], [], [], "ann"));
            await strayed.UntilAsync(id, now => now.State == "Faulted", "it is refused");
            Assert.That(
                (await strayed.NowAsync(id))!.Reason,
                Does.Contain("another one than the rotation began with").And.Contain(copy.Name)
            );
        }

        await using var right = await RunningMesh.OpenAsync(world, new WorkerOptions());
        await right.ControlAsync(new RetryRotation(id, [], [], [], "ann"));
        await right.UntilAsync(id, now => now.State == "CompletedWithFailures", "its rows still fail");
        Assert.That(await world.AtVersionAsync(1), Is.GreaterThan(0));
    }
}
