using System.CommandLine;
using System.Globalization;
using RotationMesh.Cli.Output;
using RotationMesh.Cli.Sessions;
using RotationMesh.Core;
using RotationMesh.Sample;
using Spectre.Console;

namespace RotationMesh.Cli.Commands;

/// <summary><c>sample</c>: the sample application's schema and map, for trying out, tests and benchmarks.</summary>
internal sealed class SampleVerb : IVerb
{
    private static readonly SampleOptions Defaults = new();

    private readonly Option<string?> database = new("--database")
    {
        Description = "Database of the map to load into (default: the first)",
        HelpName = "NAME",
    };

    private readonly Option<int> rows = Number("--rows", "Rows of knowledge_entries", Defaults.Rows);
    private readonly Option<int> tenants = Number("--tenants", "Tenants", Defaults.Tenants);
    private readonly Option<int?> connectors = new("--connectors")
    {
        Description = "Rows of connectors",
        HelpName = "N",
    };
    private readonly Option<int?> sources = new("--sources")
    {
        Description = "Rows of knowledge_sources",
        HelpName = "N",
    };
    private readonly Option<int> corrupt = Number("--corrupt", "Rows that do not decrypt", Defaults.Corrupt);
    private readonly Option<int> external = Number(
        "--external",
        "Entries whose value lives elsewhere",
        Defaults.External
    );
    private readonly Option<int> keyVersion = Number(
        "--key-version",
        "Version of the key that encrypts",
        Defaults.KeyVersion
    );
    private readonly Option<int> seed = Number("--seed", "The same seed gives the same rows", Defaults.Seed);

    private readonly Option<string> skew = new Option<string>("--skew")
    {
        Description = "How entries are dealt out: to all tenants alike, or most of them to a few huge ones",
        HelpName = "equal|huge",
        DefaultValueFactory = _ => "equal",
    }.AcceptOnlyFromAmong("equal", "huge");

    private readonly Option<bool> replace = new("--replace")
    {
        Description = "Drop the tables of an earlier load first",
    };

    private readonly Option<bool> ifMissing = new("--if-missing")
    {
        Description = "Do nothing where a sample was loaded to its end; one that was not is loaded anew",
    };

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        var load = new Command("load", "Create and fill the sample schema in the map's first database")
        {
            database,
            rows,
            tenants,
            connectors,
            sources,
            skew,
            corrupt,
            external,
            keyVersion,
            seed,
            replace,
            ifMissing,
        };
        load.SetAction((parsed, _) => LoadAsync(parsed, terminal(parsed), stopping));
        var map = new Command(
            "map",
            "Print a rotation map for the sample schema (connection string: ${APP_DATABASE_URL})"
        );
        map.SetAction(parsed => ShowMap(parsed, terminal(parsed)));
        return new Command("sample", "The sample application, for trying out") { load, map };
    }

    private static int ShowMap(ParseResult parsed, Terminal terminal)
    {
        var map = SampleMap.Yaml("APP_DATABASE_URL");
        if (terminal.IsJson)
            terminal.WriteJson(new { map });
        else
            parsed.InvocationConfiguration.Output.Write(map);
        return ExitCodes.Success;
    }

    private async Task<int> LoadAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        await using var session = new Session(parsed, terminal);
        var name = parsed.GetValue(database) ?? session.Map.Databases[0].Name;
        if (session.Map.Databases.All(entry => entry.Name != name))
            throw new UsageException(
                $"the map has no database '{name}'.{NearNames.Hint(name, session.Map.Databases.Select(entry => entry.Name))}"
            );
        var options = new SampleOptions
        {
            Rows = parsed.GetValue(rows),
            Tenants = parsed.GetValue(tenants),
            Skew = Enum.Parse<Skew>(parsed.GetValue(skew)!, ignoreCase: true),
            Connectors = parsed.GetValue(connectors),
            Sources = parsed.GetValue(sources),
            Corrupt = parsed.GetValue(corrupt),
            External = parsed.GetValue(external),
            KeyVersion = parsed.GetValue(keyVersion),
            Seed = parsed.GetValue(seed),
            Replace = parsed.GetValue(replace) || parsed.GetValue(ifMissing),
        };
        // Opened first, so that the error names a database that can't be reached.
        await using (await session.Databases.OpenReadingAsync(name, stopping)) { }
        var loader = new SampleLoader(session.Databases.Reader(name), session.Ring, options);
        if (parsed.GetValue(ifMissing) && await loader.IsLoadedAsync(stopping))
        {
            terminal.Tables.Line("A sample is there already");
            terminal.WriteJson(new { loaded = false });
            return ExitCodes.Success;
        }

        var totals = await loader.LoadAsync(null, stopping);
        var loaded = totals.Connectors + totals.Sources + totals.Entries;
        terminal.Tables.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Loaded {totals.Tenants:N0} tenants, {totals.Connectors:N0} connectors, {totals.Sources:N0} sources and "
                    + $"{totals.Entries:N0} entries at version {options.KeyVersion} in {totals.ElapsedSeconds:0.0} s "
                    + $"({loaded / Math.Max(totals.ElapsedSeconds, 0.001):N0} rows/s)"
            )
        );
        terminal.WriteJson(totals);
        return ExitCodes.Success;
    }

    private static Option<int> Number(string name, string description, int fallback) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => fallback,
        };
}
