using System.CommandLine;
using RotationMesh.Operations;

namespace RotationMesh.Cli.Options;

/// <summary>The options that choose scopes and tenants, for every verb on rows.</summary>
internal sealed class ScopeOptions
{
    private readonly Option<string[]> tenant = new("--tenant")
    {
        Description = "Only this tenant (repeatable)",
        HelpName = "T",
    };

    private readonly Option<string[]> only = new("--only", "--scope")
    {
        Description = "Only this scope (repeatable); all for every scope",
        HelpName = "S",
    };

    private readonly Option<string[]> skip = new("--skip")
    {
        Description = "All but this scope (repeatable)",
        HelpName = "S",
    };

    // The runbook of the first application that used RotationMesh names these two.
    private readonly Option<bool> skipConnectors = new("--skip-connectors") { Hidden = true };
    private readonly Option<bool> skipKnowledge = new("--skip-knowledge") { Hidden = true };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[tenant, only, skip, skipConnectors, skipKnowledge])
            command.Options.Add(option);
    }

    /// <summary>Returns the choice; its names are checked against the map later.</summary>
    public RowSelection Read(ParseResult parsed)
    {
        var skipped = new List<string>(parsed.GetValue(skip) ?? []);
        if (parsed.GetValue(skipConnectors))
            skipped.Add("connectors");
        if (parsed.GetValue(skipKnowledge))
            skipped.Add("knowledge");
        return new RowSelection
        {
            Only = parsed.GetValue(only) ?? [],
            Skip = skipped,
            Tenants = [.. (parsed.GetValue(tenant) ?? []).Distinct()],
        };
    }
}
