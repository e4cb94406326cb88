using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RotationMesh.Postgres;
using RotationMesh.Postgres.Control;

namespace RotationMesh.Mesh.Services;

/// <summary>
/// Brings the control schema up to date before the coordinator hears its first message, and waits for a control database
/// that does not answer.
/// </summary>
internal sealed class ControlSchema(ControlDatabase control, TimeProvider clock, ILogger<ControlSchema> log)
    : IHostedService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await control.MigrateAsync(cancellationToken);
                return;
            }
            catch (Exception fault) when (Faults.IsOfDatabase(fault))
            {
                MeshLog.ControlDatabaseAway(log, DatabaseFaults.Describe(fault), Pause);
                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
