namespace RotationMesh.UnitTests.MapFile;

internal static class Faults
{
    /// <summary>Asserts that the small map, with one piece replaced, is refused at that line and with those words.</summary>
    public static void AssertRefused(string piece, string replacement, int line, params string[] words)
    {
        var refusal = MapFolder.Refusal(Maps.Spoiled(piece, replacement));

        Assert.That(refusal, Does.StartWith($"rotation.yaml:{line}: "));
        foreach (var word in words)
            Assert.That(refusal, Does.Contain(word));
        Assert.That(refusal, Does.Not.Contain(Maps.Password).And.Not.Contains("\n"));
    }
}
