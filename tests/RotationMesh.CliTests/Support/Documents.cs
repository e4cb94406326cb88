using System.Text.Json.Nodes;

namespace RotationMesh.CliTests.Support;

/// <summary>Reads the JSON documents of the program.</summary>
internal static class Documents
{
    /// <summary>A number among the totals.</summary>
    public static long Total(this JsonNode document, string name) => (long)document["totals"]![name]!;

    /// <summary>State of a rotation.</summary>
    public static string State(this JsonNode document) => (string)document["state"]!;

    /// <summary>Figures of a table.</summary>
    public static JsonNode Table(this JsonNode document, string table) =>
        document["scopes"]!.AsArray().Single(entry => (string)entry!["table"]! == table)!;

    /// <summary>The failures as table, id and error class.</summary>
    public static IReadOnlyList<(string Table, string Id, string Error)> Failures(this JsonNode document) =>
        [
            .. document["failures"]!
                .AsArray()
                .Select(failure =>
                    ((string)failure!["table"]!, (string)failure["key"]!["id"]!, (string)failure["error"]!)
                ),
        ];
}
