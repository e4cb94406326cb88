using System.Diagnostics;
using Npgsql;
using RotationMesh.Core.Keys;

namespace RotationMesh.Sample;

/// <summary>Creates the schema of the sample application and fills it with encrypted rows.</summary>
/// <param name="source">Database to load; the role must be allowed to create tables. The caller disposes of it.</param>
/// <param name="ring">Holds the key of <see cref="SampleOptions.KeyVersion"/>. The caller disposes of it.</param>
/// <param name="options">Size and shape.</param>
public sealed class SampleLoader(NpgsqlDataSource source, KeyRing ring, SampleOptions options)
{
    /// <summary>Whether a sample was loaded to its end, whatever its size and shape.</summary>
    public Task<bool> IsLoadedAsync(CancellationToken cancellationToken) =>
        new SampleSchema(source).IsLoadedAsync(cancellationToken);

    /// <summary>
    /// Loads the sample. Throws <see cref="Core.UsageException"/> for options that can't be met and for tables in the way,
    /// before it writes anything. A stopped load leaves its tables; the next load has to replace them.
    /// </summary>
    /// <param name="rowsLoaded">Receives the number of rows so far, from several threads but one at a time.</param>
    /// <param name="cancellationToken">Stops the load.</param>
    public async Task<SampleTotals> LoadAsync(
        IProgress<long>? rowsLoaded,
        CancellationToken cancellationToken
    )
    {
        SampleRules.Check(options, ring);
        var started = Stopwatch.GetTimestamp();
        using var plan = new SamplePlan(options);
        var schema = new SampleSchema(source);
        await schema.CreateAsync(options.Replace, cancellationToken);
        await FillAsync(plan, new LoadProgress(rowsLoaded), cancellationToken);
        await schema.FinishAsync(cancellationToken);
        return new SampleTotals(
            options.Tenants,
            options.ConnectorCount,
            options.Rows,
            options.SourceCount,
            options.Corrupt,
            options.External,
            Stopwatch.GetElapsedTime(started).TotalSeconds
        );
    }

    private async Task FillAsync(SamplePlan plan, LoadProgress progress, CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lane = new Lane(source, ring, plan, progress);
        var lanes = Enumerable
            .Range(0, Lane.Count)
            .Select(remainder => Task.Run(() => FillAsync(lane, remainder, failed), failed.Token));
        await Task.WhenAll(lanes);
    }

    // A lane that fails stops the others, whose rows are of no use any more.
    private static async Task FillAsync(Lane lane, int remainder, CancellationTokenSource failed)
    {
        try
        {
            await lane.FillAsync(remainder, failed.Token);
        }
        catch
        {
            await failed.CancelAsync();
            throw;
        }
    }
}
