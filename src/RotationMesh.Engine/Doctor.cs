using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Postgres;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Target;
using RotationMesh.Postgres.Target.Census;
using RotationMesh.Postgres.Target.Probing;
using RotationMesh.Postgres.Target.Scanning;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Engine;

/// <summary>Checks every precondition of a rotation without starting anything; one fault does not hide the next.</summary>
public sealed class Doctor(
    RotationMap map,
    TargetDatabases databases,
    EnvelopeFormats formats,
    ControlDatabase control
)
{
    private readonly List<Finding> findings = [];

    /// <summary>All findings in the order of the checks; <paramref name="ring"/> throws where the keys are at fault.</summary>
    public async Task<IReadOnlyList<Finding>> ExamineAsync(
        Func<KeyRing> ring,
        bool scan,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(ring);
        Add(Verdict.Good, "map", $"{map.Path}: {map.Scopes.Count} scopes, {map.Tables.Count()} tables");
        var keys = CheckKeys(ring);
        var reachable = new List<string>();
        foreach (var database in map.Databases)
        {
            if (await CheckDatabaseAsync(database, cancellationToken))
                reachable.Add(database.Name);
        }

        foreach (var entry in map.Tables.Where(entry => reachable.Contains(entry.Database)))
            await CheckTableAsync(entry, keys, cancellationToken);
        await CheckControlAsync(cancellationToken);
        foreach (var gate in map.Gates)
            Add(
                Verdict.Warning,
                $"gate {gate}",
                "is not checked by this version",
                "hold it by hand while rows are rotated"
            );
        foreach (var database in scan ? reachable : [])
            await ScanAsync(database, keys, cancellationToken);
        return findings;
    }

    private KeyRing? CheckKeys(Func<KeyRing> ring)
    {
        try
        {
            var keys = ring();
            foreach (var key in keys.Keys)
                Add(
                    Verdict.Good,
                    $"key {key.Version}",
                    $"fingerprint {key.Fingerprint}{(key.Version == keys.CurrentVersion ? ", current" : "")}"
                );
            return keys;
        }
        catch (UsageException fault)
        {
            Add(Verdict.Bad, "keys", fault.Message);
            return null;
        }
    }

    private async Task<bool> CheckDatabaseAsync(DatabaseEntry database, CancellationToken cancellationToken)
    {
        var name = $"database {database.Name}";
        try
        {
            await using var connection = await databases
                .Reader(database.Name)
                .OpenConnectionAsync(cancellationToken);
            Add(Verdict.Good, name, $"PostgreSQL {connection.PostgreSqlVersion} answers");
            return true;
        }
        catch (UsageException fault)
        {
            Add(Verdict.Bad, name, fault.Message);
        }
        catch (NpgsqlException fault)
        {
            Add(
                Verdict.Bad,
                name,
                DatabaseFaults.Describe(fault),
                $"check its connection string (map line {database.Line}) and that it runs"
            );
        }

        return false;
    }

    private async Task CheckTableAsync(TableEntry entry, KeyRing? keys, CancellationToken cancellationToken)
    {
        var name = $"table {entry.Name}";
        try
        {
            var report = await new SchemaCheck(databases, formats).CheckAsync(
                [entry],
                forWriting: true,
                cancellationToken
            );
            foreach (var fault in report.Faults)
                Add(Verdict.Bad, name, fault.Problem, fault.Fix);
            foreach (var target in report.Targets)
                await CheckRowsAsync(target, keys, cancellationToken);
        }
        catch (UsageException fault)
        {
            Add(Verdict.Bad, name, fault.Message);
        }
        catch (NpgsqlException fault)
        {
            Add(Verdict.Bad, name, DatabaseFaults.Describe(fault));
        }
    }

    private async Task CheckRowsAsync(TableTarget target, KeyRing? keys, CancellationToken cancellationToken)
    {
        var name = $"table {target.Entry.Name}";
        var counts = await new TableCensus(databases).CountAsync(target, null, cancellationToken);
        var versions = string.Join(
            ", ",
            counts
                .Where(count => !count.External)
                .Select(count =>
                    $"{count.Rows} at version {count.Version?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}"
                )
        );
        Add(Verdict.Good, name, versions.Length == 0 ? "no rows" : $"rows: {versions}");
        if (counts.Where(count => count.External).Sum(count => count.Rows) is > 0 and var external)
            Add(
                Verdict.Warning,
                name,
                $"{external} external rows keep their old key",
                "rotate their values where they are kept"
            );
        if (target.Shape.UpdateTriggers > 0)
            Add(
                Verdict.Warning,
                name,
                $"{target.Shape.UpdateTriggers} triggers fire on each row that is rotated",
                "check that they may"
            );
        if (keys is null)
            return;
        foreach (
            var count in counts.Where(count =>
                !count.External && !(count.Version <= int.MaxValue && keys.Contains((int)count.Version))
            )
        )
            Add(
                Verdict.Bad,
                name,
                $"{count.Rows} rows claim version {count.Version?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}, which the key ring lacks",
                $"add it to {KeyRingReader.PreviousKeys}"
            );
        foreach (
            var result in await new KeyProbe(databases, keys).ProbeAsync(
                target,
                counts,
                null,
                cancellationToken
            )
        )
        {
            if (result.IsWrongKey)
                Add(
                    Verdict.Bad,
                    name,
                    $"{result.Failed} of {result.Tried} sampled values of version {result.Version} do not decrypt (fingerprint {result.Fingerprint})",
                    "check that the keys are not swapped, and format, context and tenant column in the map"
                );
            else if (result.Failed > 0)
                Add(
                    Verdict.Warning,
                    name,
                    $"{result.Failed} of {result.Tried} sampled values of version {result.Version} do not decrypt",
                    "rotate --dry-run lists them"
                );
        }
    }

    private async Task CheckControlAsync(CancellationToken cancellationToken)
    {
        try
        {
            var fault = await control.FindFaultAsync(cancellationToken);
            Add(
                fault is null ? Verdict.Good : Verdict.Bad,
                "control database",
                fault ?? "schema rotationmesh is there or can be created"
            );
        }
        catch (NpgsqlException fault)
        {
            Add(Verdict.Bad, "control database", DatabaseFaults.Describe(fault));
        }
    }

    private async Task ScanAsync(string database, KeyRing? keys, CancellationToken cancellationToken)
    {
        var found = await new ColumnScan(databases, keys, formats, map).ScanAsync(
            database,
            cancellationToken
        );
        foreach (var column in found)
        {
            var path = column.Path is null ? "" : $" at path {column.Path}";
            var why = column.Context is { } context
                ? $"decrypts under context {context}"
                : $"{column.LookLikeEnvelopes} of {column.Sampled} sampled values look like envelopes";
            Add(
                Verdict.Warning,
                $"column {column.Table}.{column.Column}",
                $"{why}{path}, and the map does not name it (database {database})",
                "add it to the map, or it keeps its old key"
            );
        }

        if (found.Count == 0)
            Add(Verdict.Good, $"scan of {database}", "no undeclared column looks like it holds envelopes");
    }

    private void Add(Verdict verdict, string subject, string message, string? fix = null) =>
        findings.Add(new Finding(verdict, subject, message, fix));
}

/// <summary>One thing that was checked.</summary>
public sealed record Finding(Verdict Verdict, string Subject, string Message, string? Fix);

/// <summary>Whether a rotation may start.</summary>
public enum Verdict
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>A rotation may start, but somebody should know.</summary>
    Warning,

    /// <summary>A rotation would be refused, or leave rows behind.</summary>
    Bad,
}
