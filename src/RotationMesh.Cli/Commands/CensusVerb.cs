using System.CommandLine;
using RotationMesh.Cli.Output;
using RotationMesh.Engine;
using Spectre.Console;

namespace RotationMesh.Cli.Commands;

/// <summary><c>census</c>: rows by scope, table, tenant and key version.</summary>
internal sealed class CensusVerb : IVerb
{
    /// <summary>Tenants of a table that are listed for people; JSON has all.</summary>
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
        await using var session = new Session(parsed);
        var tables = scopes.Scopes(parsed, session.Map).SelectMany(scope => scope.Tables);
        var census = new RowCensus(session.Databases, session.Schema);
        var counted = await census.CountAsync(tables, scopes.Tenants(parsed), stopping);
        Show(terminal.Tables, counted);
        terminal.WriteJson(
            new
            {
                Rows = counted.Sum(table => table.Counts.Sum(count => count.Rows)),
                Scopes = counted.Select(Document),
            }
        );
        return ExitCodes.Success;
    }

    private static void Show(IAnsiConsole console, IReadOnlyList<CountedTable> counted)
    {
        var versions = Tables.Of(["Scope", "Table"], ["Version", "Rows", "External"]);
        foreach (var table in counted)
        {
            foreach (var version in table.Counts.GroupBy(count => count.Version).OrderBy(group => group.Key))
                versions.Add(
                    table.Entry.Scope,
                    table.Entry.Name,
                    version.Key,
                    version.Where(count => !count.External).Sum(count => count.Rows),
                    version.Where(count => count.External).Sum(count => count.Rows)
                );
        }

        console.Write(versions);
        var tenants = Tables.Of(["Table", "Tenant"], ["Version", "Rows", "External"]);
        foreach (var table in counted)
        {
            foreach (var count in table.Counts.Take(ShownTenants))
                tenants.Add(
                    table.Entry.Name,
                    count.Tenant,
                    count.Version,
                    count.External ? 0L : count.Rows,
                    count.External ? count.Rows : 0L
                );
            if (table.Counts.Count > ShownTenants)
                tenants.Add(
                    table.Entry.Name,
                    $"… {table.Counts.Count - ShownTenants} more with --output json",
                    "",
                    "",
                    ""
                );
        }

        console.Write(tenants);
    }

    private static object Document(CountedTable table) =>
        new
        {
            table.Entry.Scope,
            table.Entry.Database,
            Table = table.Entry.Name,
            Rows = table.Counts.Sum(count => count.Rows),
            External = table.Counts.Where(count => count.External).Sum(count => count.Rows),
            Versions = table
                .Counts.GroupBy(count => count.Version)
                .OrderBy(group => group.Key)
                .Select(group => new
                {
                    Version = group.Key,
                    Rows = group.Where(count => !count.External).Sum(count => count.Rows),
                    External = group.Where(count => count.External).Sum(count => count.Rows),
                }),
            Tenants = table.Counts,
        };
}
