using Npgsql;
using RotationMesh.Control;
using RotationMesh.Control.Retirement;
using RotationMesh.Core;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Core.Map.Gates;
using RotationMesh.LocalOperations.Gating;
using RotationMesh.LocalOperations.Retiring;
using RotationMesh.LocalOperations.Scanning;
using RotationMesh.Operations.Documents;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.Tables.Scanning;
using RotationMesh.Tables.Schema;

namespace RotationMesh.LocalOperations.Examining;

/// <summary>Checks every precondition of a rotation without starting anything; one fault does not hide the next.</summary>
public sealed class Doctor(
    RotationMap map,
    ApplicationDatabases databases,
    SchemaCheck schema,
    EnvelopeFormats formats,
    ControlDatabase control
)
{
    private readonly Findings findings = new();
    private readonly List<ScanDocument> scans = [];

    /// <summary>What the scan looked at; empty where no scan was asked for.</summary>
    public IReadOnlyList<ScanDocument> Scans => scans;

    /// <summary>Whether workers of a mesh run the rotations: it is a finding then that none is there.</summary>
    public bool WorkersAreExpected { get; init; }

    /// <summary>
    /// Returns all findings in the order of the checks; <paramref name="ring"/> throws where the keys are at fault.
    /// </summary>
    public async Task<IReadOnlyList<Finding>> ExamineAsync(
        Func<KeyRing> ring,
        bool scan,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(ring);
        findings.Add(
            Verdict.Good,
            "map",
            $"{map.Path}: {map.Scopes.Count} scopes, {map.Tables.Count()} tables"
        );
        var keys = CheckKeys(ring);
        var reachable = new List<string>();
        foreach (var database in map.Databases)
        {
            if (await CheckDatabaseAsync(database, cancellationToken))
                reachable.Add(database.Name);
        }

        var retired = await RetiredAsync(cancellationToken);
        if (keys is not null)
            await new RingExamination(control, findings).ExamineAsync(keys, retired, cancellationToken);
        var examination = new TableExamination(databases, schema, control, findings, retired);
        foreach (var entry in map.Tables.Where(entry => reachable.Contains(entry.Database)))
            await examination.ExamineAsync(entry, keys, cancellationToken);
        await new ColumnExamination(map, databases, control, findings).ExamineAsync(
            reachable,
            cancellationToken
        );
        await CheckControlAsync(cancellationToken);
        await new WorkerExamination(map, databases, control, findings)
        {
            AreExpected = WorkersAreExpected,
        }.ExamineAsync(keys, cancellationToken);
        await CheckGatesAsync(ring, cancellationToken);
        CheckPostChecks();
        var looks = new ScanExamination(new MapScan(map, keys, databases, formats, ScanDepth.Look), findings);
        foreach (var database in scan ? reachable : [])
            if (await looks.ExamineAsync(database, cancellationToken) is { } scanned)
                scans.Add(scanned);
        return findings.All;
    }

    // CheckControlAsync reports a control database that does not answer.
    private async Task<IReadOnlyList<RetiredKey>> RetiredAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RetiredTarget.ListAsync(control, cancellationToken);
        }
        catch (NpgsqlException)
        {
            return [];
        }
    }

    private KeyRing? CheckKeys(Func<KeyRing> ring)
    {
        try
        {
            var keys = ring();
            foreach (var key in keys.Keys)
                findings.Add(
                    Verdict.Good,
                    $"key {key.Version}",
                    $"fingerprint {key.Fingerprint}{(key.Version == keys.CurrentVersion ? ", current" : "")}"
                );
            CheckSharedKeys(keys);
            foreach (var ambiguity in keys.Ambiguities)
                findings.Add(
                    Verdict.Warning,
                    "keys",
                    ambiguity,
                    "write the key without white space at its ends, and in quotes where a dotenv file holds it"
                );
            return keys;
        }
        catch (UsageException fault)
        {
            findings.Add(Verdict.Bad, "keys", fault.Message);
            return null;
        }
    }

    // Reports a shared key once, at its lowest version. Where the current version shares it, that is a fault: a
    // rotation goes to the current version by default.
    private void CheckSharedKeys(KeyRing keys)
    {
        foreach (var key in keys.Keys)
        {
            var others = keys.SharedWith(key.Version);
            if (others.Count > 0 && others.All(other => other > key.Version))
                findings.Add(
                    others.Contains(keys.CurrentVersion) || key.Version == keys.CurrentVersion
                        ? Verdict.Bad
                        : Verdict.Warning,
                    "keys",
                    $"{SharedKey.Explain(keys, key.Version)}: a rotation to one of them would protect nothing",
                    SharedKey.Fix
                );
        }
    }

    private async Task<bool> CheckDatabaseAsync(DatabaseEntry database, CancellationToken cancellationToken)
    {
        var name = $"database {database.Name}";
        try
        {
            await using (var connection = await databases.OpenReadingAsync(database.Name, cancellationToken))
                findings.Add(Verdict.Good, name, $"PostgreSQL {connection.PostgreSqlVersion} answers");
            var budget = new ConnectionBudget(databases, control.Source);
            var workers = WorkersAreExpected ? 0 : Environment.ProcessorCount; // those of a mesh are elsewhere
            if (await budget.FindFaultAsync(database.Name, workers, cancellationToken) is { } narrow)
                findings.Add(Verdict.Bad, name, narrow);
            if (
                await budget.FindCrowdAsync(database.Name, workers, isBegun: true, cancellationToken) is
                { } crowd
            )
                findings.Add(Verdict.Warning, name, crowd, "close what is idle, or raise the limit");
            await new PathExamination(databases, findings).ExamineAsync(database.Name, cancellationToken);
            return true;
        }
        catch (UsageException fault)
        {
            findings.Add(Verdict.Bad, name, fault.Message);
        }
        catch (ApplicationDatabaseException fault)
        {
            findings.Add(
                Verdict.Bad,
                name,
                DatabaseFaults.Describe((NpgsqlException)fault.InnerException!),
                $"check its connection string (map line {database.Line}) and that it runs"
            );
        }

        return false;
    }

    private async Task CheckControlAsync(CancellationToken cancellationToken)
    {
        try
        {
            var fault = await control.FindFaultAsync(cancellationToken);
            findings.Add(
                fault is null ? Verdict.Good : Verdict.Bad,
                "control database",
                fault ?? "schema rotationmesh is there or can be created"
            );
        }
        catch (NpgsqlException fault)
        {
            findings.Add(Verdict.Bad, "control database", DatabaseFaults.Describe(fault));
        }
    }

    private async Task CheckGatesAsync(Func<KeyRing> ring, CancellationToken cancellationToken)
    {
        await using var gates = MapGates.Of(map, databases, ring, control);
        var verdicts = await gates.LookAsync(new GateOccasion(), cancellationToken);
        foreach (var (gate, verdict) in gates.All.Zip(verdicts))
            findings.Add(
                verdict.Holds ? Verdict.Good
                    // The operator gives the snapshot's time when a rotation starts.
                    : gate.Entry is SnapshotEntry { Source: null } ? Verdict.Warning
                    : Verdict.Bad,
                $"{DoctorDocument.GateSubject}{verdict.Gate}",
                verdict.Reason,
                verdict.Fix
            );
    }

    // Runs no post-check: it need not pass before the rotation.
    private void CheckPostChecks()
    {
        foreach (var check in map.PostChecks)
        {
            try
            {
                check.Expectation.EnsureKnown();
                findings.Add(Verdict.Good, $"post-check {check.Name}", "is asked once the rows are verified");
            }
            catch (UsageException fault)
            {
                findings.Add(Verdict.Bad, $"post-check {check.Name}", fault.Message);
            }
        }
    }
}
