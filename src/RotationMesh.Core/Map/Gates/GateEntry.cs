namespace RotationMesh.Core.Map.Gates;

/// <summary>
/// A gate of the map. <paramref name="Name"/> is unique in the map, and <c>--ignore-gate</c> takes it: the kind, with a
/// number from the second gate of a kind on (<c>bullmq</c>, <c>bullmq-2</c>). <paramref name="Section"/> is its key under
/// <c>gates</c>.
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
    /// What the gate asks for, in an order and form that never change: part of the map's hash. It leaves out addresses
    /// and secrets, which may differ from host to host.
    /// </summary>
    internal abstract IEnumerable<string> Identity { get; }
}
