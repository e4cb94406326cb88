namespace RotationMesh.Operations.Documents;

/// <summary>What came of a retirement; <paramref name="InTheWay"/> says why it was refused, and is empty where it was not.</summary>
public sealed record RetirementDocument(
    int Version,
    string? Fingerprint,
    bool Retired,
    DateTimeOffset? RetiredAt,
    IReadOnlyList<string> InTheWay
);

/// <summary>Rows of a table, external ones among them, that claim a version which is out of service.</summary>
public sealed record RetiredUseDocument(string Scope, string Database, string Table, int Version, long Rows);
