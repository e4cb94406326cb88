using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Control.Failures;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.TestKit;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Faults;

[TestFixture]
internal sealed class WhenARetryIsCancelled
{
    private const int Corrupt = 2;

    [Test]
    public async Task The_failures_that_it_was_to_read_again_stand_and_are_listed_as_before()
    {
        await using var world = await SampleWorld.LoadAsync(
            new SampleOptions
            {
                Rows = 300,
                Tenants = 3,
                Corrupt = Corrupt,
            }
        );
        Guid id;
        await using (var mesh = await RunningMesh.StartAsync(world, new WorkerOptions()))
        {
            id = mesh.Id;
            await mesh.UntilAsync("CompletedWithFailures");
        }

        var standing = await StandingAsync(world);
        var listed = await ListedAsync(world, id);

        await using var idle = await RunningMesh.OpenAsync(world, worker: null);
        await idle.ControlAsync(new RetryRotation(id, [], [], [], "ann"));
        await Eventually.Holds(
            async () => await ListedAsync(world, id) == 0,
            TimeSpan.FromMinutes(2),
            "the retry is planned"
        );
        var meanwhile = await StandingAsync(world);
        await idle.ControlAsync(new CancelRotation(id, "ann"));
        await idle.UntilAsync(id, now => now is { State: "Cancelled", Concluded: true }, "Cancelled");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(standing, Is.GreaterThanOrEqualTo(Corrupt));
            Assert.That(meanwhile, Is.EqualTo(standing), "of a retry that has read nothing yet");
            Assert.That(await StandingAsync(world), Is.EqualTo(standing));
            Assert.That(await ListedAsync(world, id), Is.EqualTo(listed));
        }
    }

    private static async Task<long> StandingAsync(SampleWorld world) =>
        (await StandingFailures.ListAsync(world.Parts.Control, [], CancellationToken.None)).Sum(failure =>
            failure.Rows
        );

    private static async Task<int> ListedAsync(SampleWorld world, Guid id) =>
        (
            await new RowFailureStore(world.Parts.Control).ListAsync(id, limit: 10, CancellationToken.None)
        ).Count;
}
