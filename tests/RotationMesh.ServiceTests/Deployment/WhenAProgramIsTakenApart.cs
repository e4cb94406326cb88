using System.Text.Json.Nodes;
using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Deployment;

/// <summary>The lists of <c>infra/sbom.sh</c> beside what the published programs load.</summary>
public sealed class WhenAProgramIsTakenApart
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);
    private static readonly string[] Programs =
    [
        "rotationmesh",
        "rotationmesh-coordinator",
        "rotationmesh-worker",
    ];

    [OneTimeSetUp]
    public async Task ListAsync() =>
        (
            await new CommandLine(Path.Combine(RepositoryRoot.Path, "infra/sbom.sh"), Programs).RunAsync(
                Deadline
            )
        ).Exits(0);

    [TestCaseSource(nameof(Programs))]
    public void Each_package_that_it_ships_is_listed_and_no_other(string program)
    {
        var shipped = Read($"{program}.d/{program}.deps.json")["libraries"]!
            .AsObject()
            .Where(library => (string)library.Value!["type"]! == "package")
            .Select(library => library.Key);

        var listed = Components(program)
            .Select(component => $"{(string)component["name"]!}/{(string)component["version"]!}");

        Assert.That(listed, Is.Not.Empty.And.EquivalentTo(shipped));
    }

    [TestCaseSource(nameof(Programs))]
    public void Each_package_has_its_licence_and_its_hash(string program)
    {
        foreach (var component in Components(program))
        {
            Assert.That(
                component["licenses"]?.AsArray(),
                Is.Not.Null.And.Not.Empty,
                component.ToJsonString()
            );
            Assert.That(component["hashes"]?.AsArray(), Is.Not.Null.And.Not.Empty, component.ToJsonString());
        }
    }

    private static IEnumerable<JsonNode> Components(string program) =>
        Read($"{program}.cdx.json")["components"]!.AsArray().Select(component => component!);

    private static JsonNode Read(string path) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "artifacts", path)))!;
}
