using RotationMesh.Sample;

namespace RotationMesh.ApiTests.Faults;

public sealed class WhenTheCoordinatorFails
{
    [Test]
    public async Task Nothing_of_the_inside_is_told()
    {
        await using var site = await SampleSite.LoadAsync(new SampleOptions { Rows = 50, Tenants = 2 });
        await using var server = await ApiServer.StartAsync(site, workers: 0);
        using var caller = new Caller(server.Address);
        await site.Database.ExecuteAsync("ALTER TABLE rotationmesh.rotations RENAME COLUMN state TO hidden");

        var answer = await caller.GetAsync("/v1/rotations");

        Assert.That(answer.IsProblem(500), Is.EqualTo("the coordinator failed at this"));
        Assert.That(answer.Text, Does.Not.Contain("column"));
    }
}
