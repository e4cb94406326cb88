namespace RotationMesh.Core.Map.Gates;

/// <summary>
/// A value of a gate that only those need who check it, such as the URL of a Redis server: where a variable that it
/// names is not set, the map is good all the same, and the fault is told when the value is asked for. Never shown.
/// </summary>
public sealed class Deferred<T>
    where T : class
{
    private readonly T? value;
    private readonly UsageException? fault;

    /// <summary>A value that is there.</summary>
    public Deferred(T value) => this.value = value;

    /// <summary>A missing value, and the message for a caller that needs it.</summary>
    public Deferred(UsageException fault) => this.fault = fault;

    /// <summary>The value. Throws <see cref="UsageException"/> with file and line where it is missing.</summary>
    public T Value => value ?? throw new UsageException(fault!.Message);

    /// <inheritdoc/>
    public override string ToString() => "(not shown)";
}
