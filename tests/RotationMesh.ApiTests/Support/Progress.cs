using RotationMesh.Operations.Documents;

namespace RotationMesh.ApiTests.Support;

/// <summary>Counts what it hears of progress.</summary>
internal sealed class Progress : IProgress<ProgressDocument>
{
    public List<ProgressDocument> Heard { get; } = [];

    public void Report(ProgressDocument value) => Heard.Add(value);
}
