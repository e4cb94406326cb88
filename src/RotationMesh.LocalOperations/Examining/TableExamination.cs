using System.Globalization;
using Npgsql;
using RotationMesh.Control;
using RotationMesh.Control.Retirement;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Retiring;
using RotationMesh.Operations.Documents;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Copying;
using RotationMesh.Tables.External;
using RotationMesh.Tables.Probing;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Writers;

namespace RotationMesh.LocalOperations.Examining;

/// <summary>
/// Examines one table for the doctor: its schema, the versions in use, and whether the keys open a sample of its
/// values.
/// </summary>
internal sealed class TableExamination(
    ApplicationDatabases databases,
    SchemaCheck schema,
    ControlDatabase control,
    Findings findings,
    IReadOnlyList<RetiredKey> retired
)
{
    private const string CopyFix =
        "let it pass over the rotation's sessions (WHEN (current_setting('application_name') <> 'rotationmesh')), or rotate or "
        + "delete the copies afterwards: doctor --scan finds them, and keys retire looks for them";

    /// <summary>
    /// Adds the table's findings; <paramref name="keys"/> is null where the keys themselves are at fault.
    /// </summary>
    public async Task ExamineAsync(TableEntry entry, KeyRing? keys, CancellationToken cancellationToken)
    {
        var name = $"table {entry.Shown}";
        try
        {
            var report = await schema.CheckAsync([entry], forWriting: true, cancellationToken);
            foreach (var fault in report.Faults)
                findings.Add(Verdict.Bad, name, fault.Problem, fault.Fix);
            foreach (var target in report.Targets)
                await CheckRowsAsync(target, keys, cancellationToken);
        }
        catch (UsageException fault)
        {
            findings.Add(Verdict.Bad, name, fault.Message);
        }
        catch (NpgsqlException fault)
        {
            findings.Add(Verdict.Bad, name, DatabaseFaults.Describe(fault));
        }
    }

    private async Task CheckRowsAsync(MappedTable target, KeyRing? keys, CancellationToken cancellationToken)
    {
        var name = $"table {target.Entry.Shown}";
        var table = new RowsByVersion(
            target,
            await new TableCensus(databases).CountAsync(target, null, cancellationToken)
        );
        var versions = string.Join(
            ", ",
            table
                .Counts.Where(count => !count.External)
                .Select(count => $"{count.Rows} at version {Text(count.Version)}")
        );
        findings.Add(Verdict.Good, name, versions.Length == 0 ? "no rows" : $"rows: {versions}");
        if (table.External is > 0 and var external)
            findings.Add(
                Verdict.Warning,
                name,
                $"{external} external rows keep their old key",
                "give the table an externalStore in the map, or rotate their values where they are kept"
            );
        if (await new StoreLook(databases).LookAsync(target, cancellationToken) is { Asked: true } look)
            findings.Add(
                look.Fault is null ? Verdict.Good : Verdict.Bad,
                name,
                $"external store: {look.Fault ?? "an object of its rows can be read, and could be replaced"}",
                look.Fault is null
                    ? null
                    : $"check the bucket (line {target.Entry.ExternalStore!.Line} of the map), the credentials in the environment, and their rights"
            );
        foreach (var use in RetiredUse.Of(table, retired))
            findings.Add(
                Verdict.Bad,
                name,
                $"{use.Rows} rows claim version {use.Version}, which is retired",
                "find out what still writes with its key, then rotate"
            );
        foreach (
            var note in await new TenantTrust(databases).DescribeAsync(
                target,
                null,
                table.Rows,
                cancellationToken
            )
        )
            findings.Add(Verdict.Warning, name, note);
        if (target.Shape.Tenant.Base == "bpchar" && target.Entry.TenantPadding is null)
            findings.Add(
                Verdict.Warning,
                name,
                $"keys are derived without the spaces that pad tenant column {target.Entry.Tenant.Shown} ({target.Shape.Tenant.Written})",
                "let the map say tenantPadding: true where the application derives them with the column's text as drivers give it, "
                    + "padded, and false where it does not"
            );
        if (target.ByTenant)
            findings.Add(
                Verdict.Warning,
                name,
                "row-level security shows one tenant at a time: rows of a tenant that the list of tenants lacks are neither "
                    + "counted nor rotated, and nothing tells of them",
                target.Entry.RowLevelSecurity?.Tenants is null
                    ? "check that the table which its tenant column refers to lists every tenant, or use a role with BYPASSRLS"
                    : $"check that the query rowLevelSecurity.tenants (line {target.Entry.Line} of the map) lists every tenant, "
                        + "or use a role with BYPASSRLS"
            );
        foreach (var doubt in target.Shape.Sealing)
            findings.Add(Verdict.Warning, name, doubt.Problem, doubt.Fix);
        if (!await new TableLock(databases).IsAllowedAsync(target, cancellationToken))
            findings.Add(
                Verdict.Warning,
                name,
                $"{TableLock.Missing}: no key can be retired, and a rotation's last count is of a moment with writers",
                TableLock.Fix(target)
            );
        if (await LeftOut.FindAsync(databases, target, cancellationToken) is { Count: > 0 } heirs)
            findings.Add(
                Verdict.Warning,
                name,
                $"tables that inherit from it are left alone, as the map says only: true: {string.Join(", ", heirs)}",
                "give those that hold envelopes entries of their own: doctor --scan looks into the others, and so does keys retire"
            );
        if (target.Shape.UpdateTriggers > 0)
            findings.Add(
                Verdict.Warning,
                name,
                $"{target.Shape.UpdateTriggers} triggers fire on each row that is rotated",
                "check that they may"
            );
        foreach (var constraint in await new LooseConstraints(databases).ListAsync(target, cancellationToken))
            findings.Add(
                Verdict.Warning,
                name,
                $"{constraint.Name} is NOT VALID: rows may be there that do not satisfy it"
                    + (constraint.IsAsked ? ", and are refused when they are rotated" : ""),
                $"ALTER TABLE {constraint.Table} VALIDATE CONSTRAINT {constraint.Quoted} finds them; correct them, or drop it"
            );
        foreach (
            var trigger in await new CopyingTriggers(databases).ListAsync(target.Entry, cancellationToken)
        )
            findings.Add(
                Verdict.Warning,
                name,
                $"trigger {trigger.Name} (function {trigger.Function}) may copy values, and copies keep their old key: {trigger.Why}",
                CopyFix
            );
        await CheckColumnsAsync(table, cancellationToken);
        if (keys is null)
            return;
        await new InlineExamination(databases, keys, findings).ExamineAsync(target, cancellationToken);
        foreach (var count in table.Counts.Where(count => !count.External && !Holds(keys, count.Version)))
            findings.Add(
                Verdict.Bad,
                name,
                $"{count.Rows} rows claim version {Text(count.Version)}, which the key ring lacks",
                count.Version is >= 1 and <= int.MaxValue
                    ? $"add it to {KeyRingReader.PreviousKeys}"
                    : "no key can have that version: correct it in these rows"
            );
        await new KeyExamination(databases, control, findings).ExamineAsync(table, keys, cancellationToken);
    }

    private async Task CheckColumnsAsync(RowsByVersion table, CancellationToken cancellationToken)
    {
        var name = $"table {table.Target.Entry.Shown}";
        foreach (
            var fault in await new ColumnLook(databases).FindFaultsAsync(
                table,
                ofAllTenants: true,
                cancellationToken
            )
        )
            findings.Add(Verdict.Bad, name, fault.Problem, fault.Fix);
        if (StrayRows.Find(table) is { } stray)
            findings.Add(Verdict.Bad, name, stray.Problem, stray.Fix);
        if (ObjectsBeside.Find(table) is { } beside)
            findings.Add(Verdict.Warning, name, beside.Problem, beside.Fix);
        foreach (var column in ColumnLook.Sparse(table).Where(column => column.Values > 0))
            findings.Add(
                Verdict.Warning,
                name,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"only {column.Values} of {column.Rows} rows hold a value in column {column.Column}"
                ),
                "check that the map names the right one, or let it say mostlyEmpty: true for the column"
            );
    }

    private static bool Holds(KeyRing keys, long? version) =>
        version is >= 1 and <= int.MaxValue && keys.Contains((int)version.Value);

    private static string Text(long? version) => version?.ToString(CultureInfo.InvariantCulture) ?? "none";
}
