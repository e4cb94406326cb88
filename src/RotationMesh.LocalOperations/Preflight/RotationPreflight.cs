using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Retiring;
using RotationMesh.LocalOperations.Verifying;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Probing;

namespace RotationMesh.LocalOperations.Preflight;

/// <summary>
/// What must hold before a rotation writes its first row, beside the schema. A dry run, the start of an embedded rotation
/// and the coordinator's state Checking ask the same questions here, so none of them passes what another refuses.
/// </summary>
public sealed class RotationPreflight(
    RotationMap map,
    KeyRing ring,
    ApplicationDatabases databases,
    ControlDatabase control
)
{
    private readonly ColumnLook columns = new(databases);
    private readonly LeftColumns left = new(map, databases, control);
    private readonly KeyProbe probe = new(databases, ring);
    private readonly KnownFailures known = new(control);

    /// <summary>Throws <see cref="UsageException"/> for unset variables of a post-check: the end is too late.</summary>
    public void EnsureChecksKnown()
    {
        foreach (var check in map.PostChecks)
            check.Expectation.EnsureKnown();
    }

    /// <summary>
    /// Throws <see cref="UsageException"/> for no scope or one that the map lacks, whose rows nobody would look at, and for a
    /// target version whose key another version has too.
    /// </summary>
    public void EnsureGoalKnown(IReadOnlyCollection<string> scopes, int targetVersion)
    {
        ArgumentNullException.ThrowIfNull(scopes);
        var known = map.Tables.Select(entry => entry.Scope).Distinct().ToList();
        if (scopes.Count == 0)
            throw new UsageException("the rotation names no scope");
        if (scopes.Except(known).ToList() is { Count: > 0 } unknown)
            throw new UsageException(
                $"the map has no scope {string.Join(", ", unknown)}; it has {string.Join(", ", known)}"
            );
        if (SharedKey.Explain(ring, targetVersion) is { } shared)
            throw new UsageException($"{shared}: {SharedKey.Consequence(targetVersion)}. {SharedKey.Fix}");
    }

    /// <summary>Throws <see cref="UsageException"/> where the target version or its key is retired.</summary>
    public Task EnsureInServiceAsync(
        int targetVersion,
        string fingerprint,
        CancellationToken cancellationToken
    ) => RetiredTarget.EnsureInServiceAsync(control, targetVersion, fingerprint, cancellationToken);

    /// <summary>
    /// Throws <see cref="UsageException"/> where the target version is being retired in a database of the scopes.
    /// </summary>
    public Task EnsureOpenAsync(
        IReadOnlyCollection<string> scopes,
        int targetVersion,
        CancellationToken cancellationToken
    ) => new ClosedVersions(map, databases).EnsureOpenAsync(scopes, targetVersion, cancellationToken);

    /// <summary>
    /// Throws <see cref="UsageException"/> that names the tenants of which no table has a row; nothing for all tenants (null).
    /// </summary>
    public async Task EnsureTenantsAsync(
        IEnumerable<RowsByVersion> tables,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        if (tenants is not null)
            await new TenantLookup(databases).EnsureKnownAsync(
                [.. tables.Select(table => table.Target)],
                tenants,
                cancellationToken
            );
    }

    /// <summary>
    /// Returns, for each table, what was tried of each version. Throws <see cref="UsageException"/> that names the columns of
    /// earlier rotations which the map leaves out, the rows which it passes over, the columns and paths where no row holds a value,
    /// and the tables and versions whose key can't be the right one.
    /// </summary>
    public async Task<IReadOnlyList<IReadOnlyList<ProbeResult>>> EnsureValuesAsync(
        IReadOnlyList<RowsByVersion> tables,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(tables);
        await EnsureColumnsKeptAsync(tables, mustAnswer: false, null, cancellationToken);
        Refuse(ColumnFaults.Strays(tables).Select(fault => fault.Explain()));
        var empty = await ColumnFaults.FindAsync(columns, tables, tenants is null, cancellationToken);
        Refuse(empty.Select(fault => fault.Explain()));
        var tried = new List<IReadOnlyList<ProbeResult>>();
        var wrong = new List<ProbeResult>();
        foreach (var table in tables)
        {
            var results = await probe.ProbeAsync(table, tenants, cancellationToken);
            tried.Add(results);
            wrong.AddRange(await known.WrongKeysAsync(table, results, cancellationToken));
        }

        Refuse(wrong.Select(result => result.Explain()));
        return tried;
    }

    /// <summary>
    /// Throws <see cref="UsageException"/> that names the columns of earlier rotations, or that this one began with, which the map
    /// leaves out, and <see cref="Npgsql.NpgsqlException"/> where a database does not answer. Call it before rows are planned.
    /// </summary>
    public Task EnsureColumnsKeptAsync(
        Guid rotationId,
        IReadOnlyList<RowsByVersion> tables,
        CancellationToken cancellationToken
    ) => EnsureColumnsKeptAsync(tables, mustAnswer: true, rotationId, cancellationToken);

    /// <summary>
    /// Explains which columns of earlier rotations, or that this one began with, the map leaves out; null where there are none. A database
    /// that is silent is passed over, unless it <paramref name="mustAnswer"/>: then it throws <see cref="Npgsql.NpgsqlException"/>.
    /// </summary>
    public async Task<string?> ExplainLeftColumnsAsync(
        Guid rotationId,
        IReadOnlyCollection<string> scopes,
        bool mustAnswer,
        CancellationToken cancellationToken
    )
    {
        var found = await FindLeftColumnsAsync(rotationId, scopes, mustAnswer, cancellationToken);
        return string.Join("; ", found.Select(column => column.Why)) is { Length: > 0 } all ? all : null;
    }

    /// <summary>Returns each of them with its table.</summary>
    public async Task<IReadOnlyList<(TableName Table, string Why)>> FindLeftColumnsAsync(
        Guid rotationId,
        IReadOnlyCollection<string> scopes,
        bool mustAnswer,
        CancellationToken cancellationToken
    )
    {
        var found = await left.FindAsync(
            [.. map.Tables.Where(entry => scopes.Contains(entry.Scope))],
            mustAnswer,
            cancellationToken,
            rotationId
        );
        return
        [
            .. found.Select(column => (column.Entry.FullName, $"{column.Problem}: {column.FixOfRunning}")),
        ];
    }

    private async Task EnsureColumnsKeptAsync(
        IReadOnlyList<RowsByVersion> tables,
        bool mustAnswer,
        Guid? running,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(tables);
        var missing = await left.FindAsync(
            [.. tables.Select(table => table.Target.Entry)],
            mustAnswer,
            cancellationToken,
            running
        );
        Refuse(missing.Select(column => $"{column.Problem}; {column.Fix}"));
    }

    private static void Refuse(IEnumerable<string> faults)
    {
        if (string.Join(Environment.NewLine, faults) is { Length: > 0 } all)
            throw new UsageException(all);
    }
}
