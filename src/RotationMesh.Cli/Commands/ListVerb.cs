using System.CommandLine;
using System.Globalization;
using RotationMesh.Cli.Output;
using RotationMesh.Cli.Sessions;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Cli.Commands;

/// <summary><c>list</c>: all rotations, the latest first.</summary>
internal sealed class ListVerb : IVerb
{
    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        var command = new Command("list", "List all rotations, the latest first");
        command.SetAction((parsed, _) => RunAsync(parsed, terminal(parsed), stopping));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        await using var operations = new OperationsSource(parsed, terminal);
        var list = await operations.Rotations.ListAsync(stopping);
        var table = TableView.Of(["Rotation", "State", "Scopes", "Tenants", "Started", "By"], ["Version"]);
        foreach (var rotation in list.Rotations)
            table.Add(
                rotation.RotationId,
                State(rotation),
                string.Join(", ", rotation.Scopes),
                rotation.Tenants is { } tenants ? $"{tenants.Count} chosen" : "all",
                rotation.StartedAt.ToString("u", CultureInfo.InvariantCulture),
                rotation.RequestedBy ?? "",
                rotation.TargetVersion
            );
        if (list.Rotations.Count > 0)
            terminal.Tables.Write(table);
        else
            terminal.Tables.Line("There was no rotation yet.");
        if (list.More > 0)
            terminal.Tables.Line($"{TableView.Number(list.More)} earlier ones are not shown.");
        terminal.WriteJson(list);
        return ExitCodes.Success;
    }

    private static string State(RotationListing rotation) =>
        rotation.Abandoned ? $"{rotation.State} (abandoned)"
        : Says(rotation, Reasons.RecordNotSealed) ? $"{rotation.State} (not sealed)"
        : Says(rotation, Reasons.RecordNotChecked) ? $"{rotation.State} (not checked)"
        : rotation.State;

    private static bool Says(RotationListing rotation, string reason) =>
        rotation.Reason?.StartsWith(reason, StringComparison.Ordinal) == true;
}
