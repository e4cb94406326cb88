using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Cryptography;
using System.Text;
using RotationMesh.Cli.Output;
using RotationMesh.Cli.Sessions;
using RotationMesh.Core.Keys;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using Spectre.Console;

namespace RotationMesh.Cli.Commands;

/// <summary><c>keys</c>: versions, fingerprints and the rows that use each; <c>keys generate</c> makes a new key.</summary>
internal sealed class KeysVerb : IVerb
{
    /// <summary>Bytes of a new key: the strength of AES-256.</summary>
    private const int NewKeyBytes = 32;

    private readonly Argument<int> retired = new("N") { Description = "The key version" };

    private readonly Option<bool> skipScan = new("--skip-scan")
    {
        Description = "Do not look for envelopes in columns that the map does not name; needs --reason",
    };

    private readonly Option<string[]> skipScanOf = new("--skip-scan-of")
    {
        Description =
            "Leave a schema, a table or a column out of the scan, or external values that no store is given for (repeatable); needs --reason",
        HelpName = "DATABASE.SCHEMA[.TABLE[.COLUMN]]",
    };

    private readonly Option<string?> reason = new("--reason")
    {
        Description = "Why there is no scan, or none of a place; it is recorded",
        HelpName = "TEXT",
    };

    private readonly Option<string[]> gone = new("--gone")
    {
        Description =
            "A database that rotations were made for, or a table in which they left failures, that exists no more; it is recorded",
        HelpName = "NAME[=IDENTITY]|NAME.TABLE",
    };

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        var command = new Command("keys", "Show key versions, fingerprints and the rows that use each");
        command.SetAction((parsed, _) => ShowAsync(parsed, terminal(parsed), stopping));
        var generate = new Command("generate", "Print a new random master key to standard output");
        generate.SetAction(parsed => Generate(parsed, terminal(parsed)));
        command.Subcommands.Add(generate);
        var retire = new Command(
            "retire",
            "Take an old key version out of service, where nothing needs it any more"
        )
        {
            retired,
            skipScan,
            skipScanOf,
            reason,
            gone,
        };
        retire.Validators.Add(Check);
        retire.SetAction((parsed, _) => RetireAsync(parsed, terminal(parsed), stopping));
        command.Subcommands.Add(retire);
        return command;
    }

    private static async Task<int> ShowAsync(
        ParseResult parsed,
        Terminal terminal,
        CancellationToken stopping
    )
    {
        await using var operations = new OperationsSource(parsed, terminal);
        var keys = await operations.Inspections.ListKeysAsync(stopping);
        var table = TableView.Of(["Version", "Fingerprint"], ["Rows", "External", "Safe to retire"]);
        foreach (var version in keys.Keys)
            table.Add(
                version.Version + (version.Current ? " (current)" : ""),
                version.Fingerprint ?? "not in the key ring",
                version.Rows,
                version.External,
                version is { RetiredAt: not null, InTheWay.Count: > 0 } ? "retired, but needed"
                    : version.RetiredAt is not null ? "retired"
                    : version.SafeToRetire ? "yes"
                    : "no"
            );
        terminal.Tables.Write(table);
        foreach (var version in keys.Keys.Where(key => key is { Current: false, RetiredAt: null }))
        foreach (var obstacle in version.InTheWay)
            terminal.Tables.Line($"Version {version.Version} is not safe to retire: {obstacle}");
        foreach (var version in keys.Keys.Where(key => key.RetiredAt is not null))
        foreach (var obstacle in version.InTheWay)
            terminal.Tables.Line($"Version {version.Version} is retired, and needed again: {obstacle}");
        foreach (var version in keys.Keys.Where(key => key.Doubt is not null))
            terminal.Tables.Line($"Version {version.Version}: {version.Doubt}");
        foreach (var version in keys.Keys)
        foreach (var doubt in version.RingDoubts)
            terminal.Tables.Line($"Version {version.Version}: {doubt}");
        NoteView.Show(terminal.Tables, keys.Notes);
        if (keys.Basis is { } basis)
            terminal.Tables.Line(basis);
        terminal.WriteJson(keys);
        return ExitCodes.Success;
    }

    private async Task<int> RetireAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        await using var operations = new OperationsSource(parsed, terminal, changes: true);
        if (operations.Here is { } here)
            here.PrimaryOnly = true;
        var order = new RetirementOrder
        {
            Version = parsed.GetValue(retired),
            RequestedBy = Operator.Name,
            CommandLine = terminal.CommandLine,
            SkipScanReason = parsed.GetValue(skipScan) ? parsed.GetValue(reason) : null,
            SkippedScans =
            [
                .. (parsed.GetValue(skipScanOf) ?? []).Select(place => new SkippedScan(
                    place,
                    parsed.GetValue(reason) ?? ""
                )),
            ],
            Gone = parsed.GetValue(gone) ?? [],
        };
        var outcome = await ProgressView.FollowAsync(
            terminal.Progress,
            progress => operations.KeyRetirement.RetireAsync(order, progress, stopping)
        );
        RetirementView.Show(terminal.Tables, outcome);
        terminal.WriteJson(outcome);
        return outcome.Retired ? ExitCodes.Success : ExitCodes.Gate;
    }

    private void Check(CommandResult result)
    {
        var skips = result.GetResult(skipScan) is { Implicit: false } && result.GetValue(skipScan);
        var says = !string.IsNullOrWhiteSpace(result.GetValue(reason));
        var leavesOut = result.GetResult(skipScanOf) is not null;
        if ((skips || leavesOut) && !says)
            result.AddError(
                $"{(skips ? "--skip-scan" : "--skip-scan-of")} needs --reason TEXT, which is recorded"
            );
        if (says && !skips && !leavesOut)
            result.AddError(
                "--reason says why there is no scan: give --skip-scan too, or --skip-scan-of a place"
            );
    }

    private static int Generate(ParseResult parsed, Terminal terminal)
    {
        string key;
        do key = RandomNumberGenerator.GetHexString(NewKeyBytes * 2, lowercase: true);
        while (MasterKeyRules.Refusal(key) is not null); // a random key may contain 12345
        var fingerprint = Fingerprint.Of(Encoding.UTF8.GetBytes(key));
        if (terminal.IsJson)
            terminal.WriteJson(new { key, fingerprint });
        else
            parsed.InvocationConfiguration.Output.WriteLine(key);
        return ExitCodes.Success;
    }
}
