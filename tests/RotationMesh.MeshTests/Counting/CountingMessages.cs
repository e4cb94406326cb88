namespace RotationMesh.MeshTests.Counting;

public sealed record StartCounting(Guid CorrelationId);

public sealed record CountOne(Guid CorrelationId);

public sealed record FinishCounting(Guid CorrelationId);

/// <summary>Asks the saga to write a row beside its own in the same transaction, and to fail after that if told so.</summary>
public sealed record WriteBeside(Guid CorrelationId, bool ThenFail);

/// <summary>Asks the saga to delete its own row behind the repository's back.</summary>
public sealed record LoseRow(Guid CorrelationId);

/// <summary>What the saga tells the world when it starts.</summary>
public sealed record CountingStarted(Guid CorrelationId);
