namespace RotationMesh.Benchmarks;

/// <summary>Processor seconds of client and server, and seconds by the clock: a reading, or what lies between two.</summary>
internal readonly record struct PhaseSeconds(double Client, double Server, double Wall)
{
    /// <summary>Processor seconds of both.</summary>
    public double Sum => Client + Server;

    public PhaseSeconds Plus(PhaseSeconds other) =>
        new(Client + other.Client, Server + other.Server, Wall + other.Wall);

    public PhaseSeconds Since(PhaseSeconds before) =>
        new(Client - before.Client, Server - before.Server, Wall - before.Wall);
}
