using Npgsql;
using RotationMesh.Core;
using RotationMesh.Postgres.Target;
using RotationMesh.Postgres.Target.Census;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Engine;

/// <summary>What is looked at before anything is written, be it in the control database: schema, privileges and tenants.</summary>
public sealed class Preflight(TargetDatabases databases, SchemaCheck schema)
{
    /// <summary>
    /// Throws <see cref="UsageException"/> with all that does not fit, and <see cref="NpgsqlException"/> where no database
    /// of the request answers. One of several that does not is left to the rotation, which waits for it.
    /// </summary>
    public async Task EnsureAsync(RotationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var targets = new List<TableTarget>();
        var faults = new List<string>();
        var silent = new List<NpgsqlException>();
        var groups = request.Tables.GroupBy(entry => entry.Database).ToList();
        foreach (var database in groups)
        {
            try
            {
                var report = await schema.CheckAsync(database, forWriting: true, cancellationToken);
                targets.AddRange(report.OrThrow());
            }
            catch (UsageException fault)
            {
                faults.Add(fault.Message);
            }
            catch (NpgsqlException fault)
            {
                silent.Add(fault);
            }
        }

        if (faults.Count > 0)
            throw new UsageException(string.Join(Environment.NewLine, faults));
        if (silent.Count == groups.Count)
            throw silent[0];
        if (request.Tenants is { } tenants && silent.Count == 0)
            await new TenantLookup(databases).EnsureKnownAsync(targets, tenants, cancellationToken);
    }
}
