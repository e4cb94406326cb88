namespace RotationMesh.Benchmarks;

/// <summary>All runs of one part.</summary>
internal sealed class CostSeries(CostPart part)
{
    public CostPart Part { get; } = part;

    public List<CostRun> Runs { get; } = [];

    /// <summary>Median and spread of a figure.</summary>
    public string Spread(Func<CostRun, double> figure, string format) =>
        Medians.Spread([.. Runs.Select(figure)], format);

    /// <summary>Median and spread of a share that is taken of the ceiling and of this part in the same run.</summary>
    public string Beside(CostSeries ceiling, Func<CostRun, CostRun, double> share) =>
        Medians.Spread([.. ceiling.Runs.Zip(Runs, share)], "0.00");
}
