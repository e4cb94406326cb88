using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Operations.Documents;
using RotationMesh.Postgres.Target;
using RotationMesh.Postgres.Target.Census;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Engine;

/// <summary>Which key versions the rows of the whole map use.</summary>
public sealed class KeyUsage(KeyRing ring, TargetDatabases databases, SchemaCheck schema)
{
    /// <summary>
    /// Counts every table of the map and joins the key ring. Throws where a table or database can't be counted: what
    /// was not counted must not look unused.
    /// </summary>
    public async Task<IReadOnlyList<KeyDocument>> CountAsync(
        RotationMap map,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(map);
        var targets = (await schema.CheckAsync(map.Tables, forWriting: false, cancellationToken)).OrThrow();
        var census = new TableCensus(databases);
        var counts = new List<VersionCount>();
        foreach (var target in targets)
            counts.AddRange(await census.CountAsync(target, null, cancellationToken));
        var versions = ring
            .Versions.Select(version => (long?)version)
            .Union(counts.Select(count => count.Version));
        return [.. versions.OrderBy(version => version).Select(version => Usage(version, counts))];
    }

    private KeyDocument Usage(long? version, IReadOnlyList<VersionCount> counts)
    {
        var fingerprint =
            version is >= 1 and <= int.MaxValue && ring.TryGet((int)version.Value, out var key)
                ? key.Fingerprint
                : null;
        var rows = counts
            .Where(count => count.Version == version && !count.External)
            .Sum(count => count.Rows);
        var external = counts
            .Where(count => count.Version == version && count.External)
            .Sum(count => count.Rows);
        var current = version == ring.CurrentVersion;
        return new KeyDocument(
            version,
            fingerprint,
            current,
            rows,
            external,
            !current && rows + external == 0
        );
    }
}
