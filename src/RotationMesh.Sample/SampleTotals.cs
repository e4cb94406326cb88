namespace RotationMesh.Sample;

/// <summary>Numbers of the loaded rows.</summary>
/// <param name="Tenants">Rows of <c>tenants</c>.</param>
/// <param name="Connectors">Rows of <c>connectors</c>, damaged ones included.</param>
/// <param name="Entries">Rows of <c>knowledge_entries</c>, damaged and external ones included.</param>
/// <param name="Sources">Rows of <c>knowledge_sources</c>, damaged ones included.</param>
/// <param name="Corrupt">Rows of the last three tables that do not decrypt.</param>
/// <param name="External">Entries whose envelope lives outside the database.</param>
/// <param name="ElapsedSeconds">From the first statement to the end of the closing vacuum.</param>
public sealed record SampleTotals(
    int Tenants,
    int Connectors,
    int Entries,
    int Sources,
    int Corrupt,
    int External,
    double ElapsedSeconds
);
