namespace RotationMesh.Core;

/// <summary>
/// How long a program takes at most to stop. Whatever kills one (Kubernetes, systemd, Compose) waits longer than
/// <see cref="Program"/>.
/// </summary>
public static class StopTimes
{
    /// <summary>Longest statement that writes a batch; the default batch takes some 30 ms. A stop waits for it.</summary>
    public static readonly TimeSpan Batch = TimeSpan.FromSeconds(30);

    /// <summary>The bus: the batch in hand is written, and what became of its partition is sent.</summary>
    public static readonly TimeSpan Bus = Batch + TimeSpan.FromSeconds(10);

    /// <summary>The host, which stops the bus.</summary>
    public static readonly TimeSpan Host = Bus + TimeSpan.FromSeconds(5);

    /// <summary>Then what the program holds is let go of; nothing can be lost any more.</summary>
    public static readonly TimeSpan Disposal = TimeSpan.FromSeconds(5);

    /// <summary>From the signal to the end.</summary>
    public static readonly TimeSpan Program = Host + Disposal;
}
