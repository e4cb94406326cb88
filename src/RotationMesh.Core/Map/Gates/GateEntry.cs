namespace RotationMesh.Core.Map.Gates;

/// <summary>
/// A gate of the map. <paramref name="Name"/> is unique in the map and is what <c>--ignore-gate</c> takes: the kind, and
/// from the second gate of a kind on a number (<c>bullmq</c>, <c>bullmq-2</c>). <paramref name="Section"/> is the key
/// under <c>gates</c> that it stands in.
/// </summary>
public abstract record GateEntry(string Name, string Section, int Line)
{
    /// <summary>The section of the application's own workers.</summary>
    public const string Workers = "workers";

    /// <summary>The section, and the name, of the gate that asks for a recent snapshot.</summary>
    public const string Snapshot = "snapshot";

    /// <summary>The section, and the name, of the gate that asks for the keys of RotationMesh's own workers.</summary>
    public const string Keys = "keys";

    /// <summary>
    /// What the gate asks for, in an order and form that never change: part of the map's hash. Without addresses and
    /// secrets, which may differ from host to host.
    /// </summary>
    internal abstract IEnumerable<string> Identity { get; }
}
