namespace RotationMesh.Core.Map.Gates;

/// <summary>
/// A value that only the processes that check a gate need, such as the URL of a Redis server. Where a variable that it
/// names is not set, the map is still valid, and reading the value throws. Never shown.
/// </summary>
public sealed class Deferred<T>
    where T : class
{
    private readonly T? value;
    private readonly UsageException? fault;

    /// <summary>Holds a value.</summary>
    public Deferred(T value) => this.value = value;

    /// <summary>Holds, for a missing value, the fault that a caller who needs it gets.</summary>
    public Deferred(UsageException fault) => this.fault = fault;

    /// <summary>The value. Throws <see cref="UsageException"/> with file and line where it is missing.</summary>
    public T Value => value ?? throw new UsageException(fault!.Message);

    /// <inheritdoc/>
    public override string ToString() => "(not shown)";
}
