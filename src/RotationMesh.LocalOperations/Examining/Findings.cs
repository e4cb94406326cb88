using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations.Examining;

/// <summary>The findings so far, in the order of the checks.</summary>
internal sealed class Findings
{
    private readonly List<Finding> all = [];

    public IReadOnlyList<Finding> All => all;

    public void Add(Verdict verdict, string subject, string message, string? fix = null) =>
        all.Add(new Finding(verdict, subject, message, fix));
}
