using System.Text.Json;

namespace RotationMesh.ServiceTests.Support;

/// <summary>Master keys of the tests: random digits that protect nothing but made-up rows.</summary>
internal static class Keys
{
    public const string Old = "3afba7d2cf3080391cd91c1f9ba595f88da89edb0e8774f3a4bef91c6aea1934";
    public const string New = "25a09ff82a4c540d8245efbfd06dec2003e5f11c80fc6afa2626e71b50e7971b";
    public const string Other = "a418fd7bf22b9d16d4902d89a8e48cdf566621c6fc4d3522d4dad581a0e5bfbf";

    /// <summary>The variables of a key ring that holds version 1, and <paramref name="current"/> as version 2.</summary>
    public static Dictionary<string, string?> Variables(string current) =>
        new()
        {
            ["MASTER_ENCRYPTION_KEY"] = current,
            ["MASTER_ENCRYPTION_KEY_VERSION"] = "2",
            ["MASTER_ENCRYPTION_PREVIOUS_KEYS"] = JsonSerializer.Serialize(
                new Dictionary<string, string> { ["1"] = Old }
            ),
        };

    /// <summary>The variables of a key ring that holds both versions, and a current one beyond them.</summary>
    public static Dictionary<string, string?> GoneOn =>
        new()
        {
            ["MASTER_ENCRYPTION_KEY"] = Other,
            ["MASTER_ENCRYPTION_KEY_VERSION"] = "3",
            ["MASTER_ENCRYPTION_PREVIOUS_KEYS"] = JsonSerializer.Serialize(
                new Dictionary<string, string> { ["1"] = Old, ["2"] = New }
            ),
        };

    /// <summary>The variables of a key ring without version 2.</summary>
    public static Dictionary<string, string?> WithoutTheNew =>
        new()
        {
            ["MASTER_ENCRYPTION_KEY"] = Old,
            ["MASTER_ENCRYPTION_KEY_VERSION"] = "1",
            ["MASTER_ENCRYPTION_PREVIOUS_KEYS"] = null,
        };
}
