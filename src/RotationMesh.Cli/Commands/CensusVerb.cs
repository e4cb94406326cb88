using System.CommandLine;
using RotationMesh.Cli.Options;
using RotationMesh.Cli.Output;
using RotationMesh.Cli.Sessions;
using RotationMesh.Operations.Documents;
using Spectre.Console;

namespace RotationMesh.Cli.Commands;

/// <summary><c>census</c>: rows by scope, table, tenant and key version.</summary>
internal sealed class CensusVerb : IVerb
{
    /// <summary>Most tenants of a table that the text output lists; JSON has all.</summary>
    private const int ShownTenants = 5;

    private readonly ScopeOptions scopes = new();

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        var command = new Command(
            "census",
            "Count rows by scope, table, tenant and key version; writes nothing"
        );
        scopes.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(parsed, terminal(parsed), stopping));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        await using var operations = new OperationsSource(parsed, terminal);
        var census = await operations.Inspections.CountAsync(scopes.Read(parsed), stopping);
        Show(terminal.Tables, census.Scopes);
        RetiredView.Show(terminal.Tables, census.Retired);
        NoteView.Show(terminal.Tables, census.Standbys);
        NoteView.Show(terminal.Tables, census.Notes);
        NoteView.ShowLimits(terminal.Tables, census.Limits);
        terminal.WriteJson(census);
        return ExitCodes.Success;
    }

    private static void Show(IAnsiConsole console, IReadOnlyList<CountedTable> counted)
    {
        var versions = TableView.Of(["Scope", "Table"], ["Version", "Rows", "External"]);
        foreach (var table in counted)
        {
            foreach (var version in table.Versions)
                versions.Add(table.Scope, table.Table, version.Version, version.Rows, version.External);
        }

        console.Write(versions);
        var tenants = TableView.Of(["Table", "Tenant"], ["Version", "Rows", "External"]);
        foreach (var table in counted)
        {
            foreach (var count in table.Tenants.Take(ShownTenants))
                tenants.Add(
                    table.Table,
                    count.Tenant,
                    count.Version,
                    count.External ? 0L : count.Rows,
                    count.External ? count.Rows : 0L
                );
            if (table.Tenants.Count > ShownTenants)
                tenants.Add(
                    table.Table,
                    $"… {table.Tenants.Count - ShownTenants} more with --output json",
                    "",
                    "",
                    ""
                );
        }

        console.Write(tenants);
    }
}
