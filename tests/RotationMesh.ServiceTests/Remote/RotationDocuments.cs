using System.Text.Json.Nodes;

namespace RotationMesh.ServiceTests.Remote;

/// <summary>Documents of rotations that ran in different ways.</summary>
internal static class RotationDocuments
{
    // What differs between any two runs, however they are run.
    private static readonly string[] OfOneRun =
    [
        "rotationId",
        "elapsedSeconds",
        "startedAt",
        "endedAt",
        "workers",
        "auditHead",
    ];

    /// <summary>What two runs of the same order have in common; failures in an order of their own.</summary>
    public static string Common(this ProcessOutcome outcome)
    {
        var document = outcome.Json().AsObject();
        foreach (var name in OfOneRun)
            Assert.That(document.Remove(name), Is.True, $"there is no {name}: {outcome}");
        document["partitions"]!.AsObject().Remove("planned");
        document["partitions"]!.AsObject().Remove("done");
        document["failures"] = new JsonArray([
            .. document["failures"]!
                .AsArray()
                .Select(failure => failure!.ToJsonString())
                .Order(StringComparer.Ordinal)
                .Select(text => (JsonNode)text),
        ]);
        return document.ToJsonString();
    }

    public static Guid Id(this ProcessOutcome outcome) => outcome.Json()["rotationId"]!.GetValue<Guid>();

    public static string State(this ProcessOutcome outcome) => (string)outcome.Json()["state"]!;
}
