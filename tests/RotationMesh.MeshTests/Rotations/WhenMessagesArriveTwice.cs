using MassTransit;
using NUnit.Framework;
using RotationMesh.Mesh.Working;
using RotationMesh.Sample;

namespace RotationMesh.MeshTests.Rotations;

[TestFixture]
internal sealed class WhenMessagesArriveTwice
{
    [Test]
    public async Task And_in_another_order_the_rows_and_totals_are_the_same()
    {
        await using var world = await SampleWorld.LoadAsync(
            new SampleOptions
            {
                Rows = 2500,
                Tenants = 6,
                Corrupt = 9,
                External = 5,
            }
        );
        await using var mesh = await RunningMesh.StartAsync(
            world,
            new WorkerOptions(),
            configure: bus =>
                bus.AddConfigureEndpointsCallback(
                    (context, _, endpoint) => endpoint.UseConsumeFilter(typeof(Shuffle<>), context)
                )
        );

        await mesh.UntilAsync("CompletedWithFailures");

        var rows = await world.Database.ScalarAsync<long>(
            "SELECT sum((t ->> 'Rotated')::bigint)::bigint FROM rotationmesh.rotations, jsonb_array_elements(summary -> 'Tables') t"
        );
        var failed = await world.Database.ScalarAsync<long>("SELECT count(*) FROM rotationmesh.row_failures");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Shuffle.Copies, Is.GreaterThan(10));
            Assert.That(failed, Is.EqualTo(9));
            Assert.That(rows, Is.EqualTo(await world.AtVersionAsync(2)));
        }

        await new AuditedRotation(world, mesh.Id).AssertIsOneStoryAsync("CompletedWithFailures");
    }

    /// <summary>Every message is handled now and once more behind all others, or twice behind all others.</summary>
    private sealed class Shuffle<T> : IFilter<ConsumeContext<T>>
        where T : class
    {
        private const string Mark = "copy";

        private static bool IsBatch =>
            typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(Batch<>);

        public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
        {
            if (IsBatch || context.Headers.Get<bool>(Mark) is true)
            {
                await next.Send(context);
                return;
            }

            var later = Random.Shared.Next(2) == 0;
            var queue = await context.GetSendEndpoint(context.ReceiveContext.InputAddress);
            for (var copy = 0; copy < (later ? 2 : 1); copy++)
            {
                Shuffle.Count();
                await queue.Send(context.Message, sent => sent.Headers.Set(Mark, true));
            }

            if (!later)
                await next.Send(context);
        }

        public void Probe(ProbeContext context) { }
    }

    private static class Shuffle
    {
        private static int copies;

        public static int Copies => copies;

        public static void Count() => Interlocked.Increment(ref copies);
    }
}
