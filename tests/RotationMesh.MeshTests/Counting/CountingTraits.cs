namespace RotationMesh.MeshTests.Counting;

/// <summary>In what the counting saga differs from test to test.</summary>
public sealed record CountingTraits
{
    public bool InsertOnInitial { get; init; } = true;
    public bool RepublishOnDuplicateStart { get; init; }
    public bool RemoveWhenFinal { get; init; } = true;

    public int Retries { get; init; } = 3;

    /// <summary>Awaited by each count between load and update.</summary>
    public Func<Task> WhileCounting { get; init; } = () => Task.CompletedTask;
}
