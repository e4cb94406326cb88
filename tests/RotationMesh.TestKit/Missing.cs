using NUnit.Framework;

namespace RotationMesh.TestKit;

/// <summary>What a test does where something that it needs is not on this machine.</summary>
public static class Missing
{
    /// <summary>
    /// The value of a variable, or null where it is not set or blank.
    /// </summary>
    public static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { } value && !string.IsNullOrWhiteSpace(value)
            ? value
            : null;

    /// <summary>
    /// Ignores the test, or fails it if <c>CI</c> is set: a skipped test in CI would look like a passed one.
    /// </summary>
    public static Exception Tell(string fix)
    {
        if (Variable("CI") is null)
            Assert.Ignore(fix);
        Assert.Fail(fix);
        return new InvalidOperationException(fix);
    }
}
