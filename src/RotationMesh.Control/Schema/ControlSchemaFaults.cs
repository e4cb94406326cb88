namespace RotationMesh.Control.Schema;

/// <summary>
/// Finds what is wrong with a control schema, and says it in one line with the fix. Each rule is a method; the first that
/// fails is reported.
/// </summary>
internal sealed class ControlSchemaFaults(ControlSchemaState state)
{
    /// <summary>How to get a schema where the role may not create it.</summary>
    public const string Missing =
        "the role may not create the schema rotationmesh that keeps rotations and failures: run CREATE SCHEMA "
        + "rotationmesh AUTHORIZATION <role>; or name another database with control: in the map";

    /// <summary>How to make a damaged schema whole again.</summary>
    public const string StartAnew =
        "restore the control schema from a backup, or drop schema rotationmesh and start anew: finished rows stay rotated";

    /// <summary>How to upgrade a schema of an earlier release.</summary>
    public const string Earlier =
        "the control schema is of an earlier release: a coordinator of this one upgrades it when it starts, and so does "
        + "rotationmesh rotate";

    /// <summary>Returns why the program can't work with the schema, or can't upgrade it; null where it can.</summary>
    public string? Find() =>
        Encoding() is { } encoding ? encoding
        : !state.Exists ? (state.MayCreateSchema ? null : Missing)
        : Usage() is { } usage ? usage
        : Impostor() is { } impostor ? impostor
        : Journal() is { } journal ? journal
        : Newer() is { } newer ? newer
        : Dropped() is { } dropped ? dropped
        : Upgrade() is { } upgrade ? upgrade
        : ControlTable.All.Select(Table).FirstOrDefault(fault => fault is not null);

    /// <summary>Returns why the program can't read the schema; null where it can, or where there is none.</summary>
    public string? FindForReading() =>
        !state.Exists ? null
        : Usage() is { } usage ? usage
        : Newer() is { } newer ? newer
        : ControlTable.All.Select(Unreadable).FirstOrDefault(fault => fault is not null);

    /// <summary>Names a dropped table, judged by the journal or by what else is there, and the fix; null where none is.</summary>
    public string? Dropped()
    {
        var wanted =
            state.Applied is { Count: > 0 } ? state.Known
            : ControlTable.All.Any(table => state.Relations.ContainsKey(table.Name)) ? ["rotations"]
            : [];
        var gone = wanted.Except(state.Relations.Keys).ToHashSet();
        return ControlTable.All.FirstOrDefault(table => gone.Contains(table.Name)) is { } table
            ? DroppedTables.Explain(table.Name)
            : null;
    }

    // The control database keeps names, tenants and keys of any database, and JSON with escapes that only UTF8 can hold.
    private string? Encoding() =>
        state.Encoding == "UTF8"
            ? null
            : $"the control database has the encoding {state.Encoding}, which can't hold every text of the others: name one that was "
                + "made with ENCODING 'UTF8' with control: in the map";

    private string? Usage() =>
        state.MayUse
            ? null
            : $"the role may not use the schema rotationmesh: GRANT USAGE, CREATE ON SCHEMA rotationmesh TO {state.Role}";

    private string? Impostor() =>
        ControlTable
            .All.Select(table => table.Name)
            .Prepend(ControlSchemaState.Journal)
            .FirstOrDefault(name => state.Relations.TryGetValue(name, out var there) && !there.IsTable)
            is { } name
            ? $"rotationmesh.{name} is a view or a foreign table in the place of the table of that name: {StartAnew}"
            : null;

    private string? Journal()
    {
        const string Name = $"rotationmesh.{ControlSchemaState.Journal}";
        if (state.Relations.GetValueOrDefault(ControlSchemaState.Journal) is { } journal)
        {
            if (!journal.Has("scriptname"))
                return $"table {Name} is not the journal of the control schema: {StartAnew}";
            if (state.Applied is null)
                return Grant("SELECT", ControlSchemaState.Journal);
        }

        return
            state.Pending.SelectMany(MigrationScripts.Creates).FirstOrDefault(state.Relations.ContainsKey)
                is { } table
            ? $"table rotationmesh.{table} exists, but the journal {Name} does not know it: {StartAnew}"
            : null;
    }

    private string? Newer() =>
        state.Applied?.Except(MigrationScripts.Names).LastOrDefault() is { } name
            ? $"the control schema is newer than this program (migration {MigrationScripts.Short(name)}): use a program of "
                + "that version or later"
            : null;

    // Whether the role owns the tables that a migration alters, the migration itself finds out.
    private string? Upgrade() =>
        state.Pending.Any() && !state.MayCreate
            ? $"the role may not create tables in the schema rotationmesh: GRANT USAGE, CREATE ON SCHEMA rotationmesh TO {state.Role}"
        : state.Pending.Any()
        && state.Relations.TryGetValue(ControlSchemaState.Journal, out var journal)
        && !journal.May("INSERT")
            ? Grant("INSERT", journal.Name)
        : null;

    // A column that a pending migration adds may be missing.
    private string? Table(ControlTable table)
    {
        if (!state.Relations.TryGetValue(table.Name, out var there))
            return null;
        if (table.Privileges.Split(' ').FirstOrDefault(privilege => !there.May(privilege)) is { } privilege)
            return Grant(privilege, table.Name);
        return
            !state.Pending.Any()
            && table.Columns.Split(' ').FirstOrDefault(column => !there.Has(column)) is { } column
            ? $"column {column} of table rotationmesh.{table.Name} is missing: {StartAnew}"
            : null;
    }

    private string? Unreadable(ControlTable table) =>
        state.Relations.TryGetValue(table.Name, out var there) && !there.May("SELECT")
            ? Grant("SELECT", table.Name)
            : null;

    private string Grant(string privilege, string table) =>
        $"the role may not {privilege} on table rotationmesh.{table}: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN "
        + $"SCHEMA rotationmesh TO {state.Role}";
}
