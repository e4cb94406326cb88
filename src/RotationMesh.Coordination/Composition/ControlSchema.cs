using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Control;
using RotationMesh.Core;
using RotationMesh.Postgres;
using RotationMesh.Postgres.Waits;

namespace RotationMesh.Coordination.Composition;

/// <summary>
/// Brings the control schema up to date before the coordinator hears its first message, and waits for a control database
/// that does not answer.
/// </summary>
internal sealed class ControlSchema(ControlDatabase control, TimeProvider clock, ILogger<ControlSchema> log)
    : IHostedService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Time in which it is done, unless it waits for others; then it says each time for whom.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for what the server says of it.</summary>
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(3);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await MigrateAsync(cancellationToken);
                return;
            }
            catch (Exception fault) when (Faults.IsOfDatabase(fault))
            {
                MeshLog.ControlDatabaseAway(log, DatabaseFaults.Describe(fault), Pause);
                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
    }

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        var migration = control.MigrateAsync(cancellationToken);
        while (await Task.WhenAny(migration, Task.Delay(Timeout, clock, cancellationToken)) != migration)
        {
            if (cancellationToken.IsCancellationRequested)
                break;
            if (await FindReasonAsync(cancellationToken) is { } reason)
                MeshLog.ControlSchemaWaits(log, reason);
        }

        await migration;
    }

    // Null where it only takes its time.
    private async Task<string?> FindReasonAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Answer);
        try
        {
            await using var connection = await control.Source.OpenConnectionAsync(timeout.Token);
            var waits = await SessionWaits.FindAsync(connection, timeout.Token);
            return waits.FirstOrDefault(wait => wait.IsForOthers)?.ToString();
        }
        catch (Exception fault) when (Faults.IsOfDatabase(fault))
        {
            return DatabaseFaults.Describe(fault);
        }
        catch (OperationCanceledException)
        {
            return Reasons.NotInTime;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
