namespace RotationMesh.Hosting;

/// <summary>
/// A value that a program works by, and where it comes from, as the operator is shown it. <paramref name="Value"/> is never
/// a secret: <see cref="Hidden"/> stands for one.
/// </summary>
public sealed record Setting(string Name, string Value, string Source)
{
    /// <summary>Value of a secret.</summary>
    public const string Hidden = "set, not shown";

    /// <summary>Value of what is not set.</summary>
    public const string NotSet = "not set";

    /// <summary>Source of what stands on the command line.</summary>
    public const string FromOption = "option";

    /// <summary>Source of what nobody set.</summary>
    public const string ByDefault = "default";
}
