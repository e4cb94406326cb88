using System.Text.Json;

namespace RotationMesh.CliTests.Support;

/// <summary>Master keys of the tests, by version: random digits that protect nothing but made-up rows.</summary>
internal static class MasterKeys
{
    public static readonly IReadOnlyDictionary<int, string> Values = new Dictionary<int, string>
    {
        [1] = "3afba7d2cf3080391cd91c1f9ba595f88da89edb0e8774f3a4bef91c6aea1934",
        [2] = "25a09ff82a4c540d8245efbfd06dec2003e5f11c80fc6afa2626e71b50e7971b",
        [3] = "a418fd7bf22b9d16d4902d89a8e48cdf566621c6fc4d3522d4dad581a0e5bfbf",
        [4] = "ed3554057970faaf02b0ba5de85b972bc2bf347fdce75e7d2f83779096524518",
    };

    /// <summary>The variables of a key ring with one current version and others.</summary>
    public static Dictionary<string, string?> Variables(int current, params int[] others) =>
        Variables(
            current,
            Values[current],
            others.ToDictionary(version => version, version => Values[version])
        );

    /// <summary>The variables of a key ring with any values.</summary>
    public static Dictionary<string, string?> Variables(
        int current,
        string key,
        IReadOnlyDictionary<int, string> others
    ) =>
        new()
        {
            ["MASTER_ENCRYPTION_KEY"] = key,
            ["MASTER_ENCRYPTION_KEY_VERSION"] = $"{current}",
            ["MASTER_ENCRYPTION_PREVIOUS_KEYS"] = JsonSerializer.Serialize(
                others.ToDictionary(pair => $"{pair.Key}", pair => pair.Value)
            ),
        };
}
