using Npgsql;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Operations.Documents;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Schema;

namespace RotationMesh.LocalOperations.Auditing;

/// <summary>
/// Counts the rows of a rotation by tenant, as they are now. It keeps only the tenants that a report lists, however
/// many there are. It reports a database that does not answer, and counts the others.
/// </summary>
internal sealed class TenantCounts(
    RotationMap map,
    ApplicationDatabases databases,
    SchemaCheck schema,
    RowFailureStore failures
)
{
    /// <summary>Most tenants whose failures are held in memory while tables are counted.</summary>
    private const int KnownFailures = 100_000;

    private readonly List<string> uncounted = [];
    private readonly PriorityQueue<ReportedTenant, (long, long)> kept = new();
    private long seen;
    private long left;

    public async Task<ReportedTenants> CountAsync(
        RunningRotation rotation,
        CancellationToken cancellationToken
    )
    {
        var failed = (
            await failures.ByTenantAsync(rotation.RotationId, KnownFailures, cancellationToken)
        ).ToDictionary(
            count => (count.Scope, count.DatabaseName, count.TableName, count.Tenant ?? ""),
            count => count.Rows
        );
        foreach (var entry in map.Tables.Where(entry => rotation.Scopes.Contains(entry.Scope)))
        {
            try
            {
                await CountAsync(entry, rotation, failed, cancellationToken);
            }
            catch (NpgsqlException fault)
            {
                var cause = fault.InnerException as NpgsqlException ?? fault;
                uncounted.Add($"{entry.Database}/{entry.Name}: {DatabaseFaults.Describe(cause)}");
            }
            catch (UsageException fault)
            {
                uncounted.Add($"{entry.Database}/{entry.Name}: {fault.Message}");
            }
        }

        var listed = new List<ReportedTenant>();
        while (kept.TryDequeue(out var tenant, out _))
            listed.Add(tenant);
        listed.Reverse();
        return new ReportedTenants(listed, seen - listed.Count, uncounted)
        {
            MoreLeft = left - listed.Sum(tenant => tenant.Left),
        };
    }

    // Counts arrive in the order of tenants, so one tenant at a time is summed.
    private async Task CountAsync(
        TableEntry entry,
        RunningRotation rotation,
        Dictionary<(string, string, string, string), long> failed,
        CancellationToken cancellationToken
    )
    {
        var report = await schema.CheckAsync([entry], forWriting: false, cancellationToken);
        ReportedTenant? at = null;
        await foreach (
            var count in new TableCensus(databases).CountByTenantAsync(
                report.OrThrow()[0],
                rotation.Tenants,
                cancellationToken
            )
        )
        {
            if (at is null || at.Tenant != count.Tenant)
            {
                Keep(at);
                var failures = failed.GetValueOrDefault(
                    (entry.Scope, entry.Database, entry.Name, count.Tenant ?? "")
                );
                at = new ReportedTenant(
                    entry.Scope,
                    entry.Database,
                    entry.Name,
                    count.Tenant,
                    0,
                    0,
                    0,
                    0,
                    failures
                );
            }

            var atTarget = count.Version == rotation.TargetVersion;
            at = at with
            {
                Rows = at.Rows + count.Rows,
                External = at.External + (count.External ? count.Rows : 0),
                AtTarget = at.AtTarget + (!count.External && atTarget ? count.Rows : 0),
                Left = at.Left + (!count.External && !atTarget ? count.Rows : 0),
            };
        }

        Keep(at);
    }

    // Keeps the tenants with most failures, then with most rows: where there are too many, the least of them goes.
    private void Keep(ReportedTenant? tenant)
    {
        if (tenant is null)
            return;
        seen++;
        left += tenant.Left;
        kept.Enqueue(tenant, (tenant.Failed, tenant.Rows));
        if (kept.Count > ReportDocument.MaxTenants)
            kept.Dequeue();
    }
}
