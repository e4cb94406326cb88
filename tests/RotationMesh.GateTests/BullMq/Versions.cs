namespace RotationMesh.GateTests.BullMq;

/// <summary>The versions of BullMQ that <c>Application/package.json</c> installs.</summary>
internal static class Versions
{
    /// <summary>What one test takes.</summary>
    public const string Usual = "5.63.0";

    public static readonly string[] All = ["5.1.0", Usual, "5.81.5", "6.7.0"];
}
