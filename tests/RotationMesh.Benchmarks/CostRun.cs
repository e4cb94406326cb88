namespace RotationMesh.Benchmarks;

/// <summary>What one run of a part cost: processor seconds of client and server, seconds by the clock, and growth.</summary>
internal sealed record CostRun(double Client, double Server, double Wall, TableGrowth Growth)
{
    /// <summary>Processor seconds of both.</summary>
    public double Sum => Client + Server;
}
