using RotationMesh.Core.Keys;

namespace RotationMesh.IntegrationTests.Support;

/// <summary>Master keys of the tests, and the rings that are made of them.</summary>
internal static class TestKeys
{
    public const string One = "11cbb2cc7e9d4b0a9f6d4c0e2ab8f7d311cbb2cc";
    public const string Two = "22f0c9a7e15b4a2f8de0b1c3d5a7e9f022f0c9a7";
    public const string Three = "33a4d6e8f0c2b4a6d8e0f2a4c6e8d0b233a4d6e8";

    /// <summary>What stands in a ring for a key that was mistaken for another.</summary>
    public const string Wrong = "99fefefefefefefefefefefefefefefefefefefe";

    private static readonly Dictionary<int, string> All = new()
    {
        [1] = One,
        [2] = Two,
        [3] = Three,
    };

    /// <summary>The key of that version.</summary>
    public static string Of(int version) => All[version];

    /// <summary>Versions 1 to 3, of which 2 is current.</summary>
    public static KeyRing Ring() => new(2, All);

    /// <summary>The same, with another key under one version.</summary>
    public static KeyRing RingWithWrong(int version) =>
        new(2, new Dictionary<int, string>(All) { [version] = Wrong });
}
