namespace RotationMesh.Engine;

/// <summary>One thing that was checked.</summary>
public sealed record Finding(Verdict Verdict, string Subject, string Message, string? Fix);

/// <summary>Whether a rotation may start.</summary>
public enum Verdict
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>A rotation may start, but somebody should know.</summary>
    Warning,

    /// <summary>A rotation would be refused, or leave rows behind.</summary>
    Bad,
}

/// <summary>What was found so far, in the order of the checks.</summary>
internal sealed class Findings
{
    private readonly List<Finding> all = [];

    public IReadOnlyList<Finding> All => all;

    public void Add(Verdict verdict, string subject, string message, string? fix = null) =>
        all.Add(new Finding(verdict, subject, message, fix));
}
