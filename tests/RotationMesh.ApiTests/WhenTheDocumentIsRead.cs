using System.Globalization;
using RotationMesh.Sample;

namespace RotationMesh.ApiTests;

public sealed class WhenTheDocumentIsRead
{
    [Test]
    public async Task It_names_every_path_and_how_to_get_in()
    {
        await using var site = await SampleSite.LoadAsync(new SampleOptions { Rows = 50, Tenants = 2 });
        await using var server = await ApiServer.StartAsync(site, workers: 0);
        using var caller = new Caller(server.Address);

        var document = (await caller.GetAsync("/openapi/v1.json")).Json;

        Assert.That(
            document["paths"]!.AsObject().Select(path => path.Key),
            Is.EquivalentTo(
                (string[])
                    [
                        "/v1/rotations",
                        "/v1/rotations/{id}",
                        "/v1/rotations/{id}/events",
                        "/v1/rotations/{id}/failures",
                        "/v1/rotations/{id}/steering",
                        "/v1/rotations/{id}/report",
                        "/v1/audit",
                        "/v1/audit/verification",
                        "/v1/audit/export",
                        "/v1/keys/retirement",
                        "/v1/dry-run",
                        "/v1/verification",
                        "/v1/census",
                        "/v1/keys",
                        "/v1/doctor",
                        "/v1/workers",
                        "/v1/workers/pause",
                        "/v1/workers/resume",
                    ]
            )
        );
        Assert.That(
            (string)document["components"]!["securitySchemes"]!["bearer"]!["scheme"]!,
            Is.EqualTo("bearer")
        );
        var order = document["components"]!["schemas"]!["RotationOrder"]!;
        Assert.That(order["required"], Is.Null, "the token says who asks");
        Assert.That(order["properties"]!["batchSize"]!.ToJsonString(), Does.Not.Contain("string"));
    }

    [TestCase("/v1/rotations", "post", new[] { 400, 401, 403, 413, 415, 423, 503 })]
    [TestCase("/v1/rotations/{id}", "get", new[] { 400, 401, 404, 429, 503 })]
    [TestCase("/v1/rotations/{id}/steering", "post", new[] { 400, 401, 403, 404, 409, 413, 415, 503 })]
    [TestCase("/v1/census", "post", new[] { 400, 401, 413, 415, 429, 503 })]
    public async Task It_names_the_problems_that_a_path_answers_with(
        string path,
        string method,
        int[] statuses
    )
    {
        await using var site = await SampleSite.LoadAsync(new SampleOptions { Rows = 0, Tenants = 1 });
        await using var server = await ApiServer.StartAsync(site, workers: 0);
        using var caller = new Caller(server.Address);

        var document = (await caller.GetAsync("/openapi/v1.json")).Json;

        Assert.That(
            document["paths"]![path]![method]!["responses"]!
                .AsObject()
                .Select(response => int.Parse(response.Key, CultureInfo.InvariantCulture))
                .Where(status => status >= 400),
            Is.EquivalentTo(statuses)
        );
    }
}
