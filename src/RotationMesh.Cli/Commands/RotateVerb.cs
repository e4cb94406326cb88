using System.CommandLine;
using RotationMesh.Cli.Output;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Engine;
using RotationMesh.Postgres.Target.Rows;
using Spectre.Console;

namespace RotationMesh.Cli.Commands;

/// <summary><c>rotate</c>: starts a rotation and follows it to its end.</summary>
internal sealed class RotateVerb : IVerb
{
    private readonly ScopeOptions scopes = new();

    private readonly Option<bool> dryRun = new("--dry-run")
    {
        Description = "Decrypt and re-encrypt every row for real, but write nothing",
    };

    private readonly Option<int> batchSize = new("--batch-size")
    {
        Description = $"Rows of one transaction, 1 to {RotationSettings.MaxBatchSize}",
        HelpName = "N",
        DefaultValueFactory = _ => RotationSettings.DefaultBatchSize,
    };

    private readonly Option<int?> targetVersion = new("--target-version")
    {
        Description = "Key version to bring rows to (default: the current one)",
        HelpName = "N",
    };

    private readonly Option<bool> allowDowngrade = new("--allow-downgrade")
    {
        Description = "Bring rows above the target version down to it",
    };

    private readonly Option<int> workers = new("--workers")
    {
        Description = "Partitions that are rewritten at the same time (default: processors)",
        HelpName = "N",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        batchSize.Validators.Add(result => Range.Check(result, 1, RotationSettings.MaxBatchSize));
        targetVersion.Validators.Add(result => Range.Check(result, 1, int.MaxValue));
        workers.Validators.Add(result => Range.Check(result, 1, 256));
        var command = new Command(
            "rotate",
            "Re-encrypt every row of the chosen scopes under the target version"
        )
        {
            dryRun,
            batchSize,
            targetVersion,
            allowDowngrade,
            workers,
        };
        scopes.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(parsed, terminal(parsed), stopping));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        await using var session = new Session(parsed);
        var request = Request(parsed, session);
        if (session.Map.Gates.Count > 0)
            terminal.Progress.WriteLine(
                $"rotationmesh: the gates of the map ({string.Join(", ", session.Map.Gates.Select(gate => gate.Name))}) are not checked by this version"
            );
        var progress = new RotationProgress();
        var rotation = new EmbeddedRotation(
            session.Map,
            session.Ring,
            session.Databases,
            session.Schema,
            session.Control,
            progress
        );
        var report = await ProgressView.FollowAsync(
            terminal.Progress,
            progress,
            rotation.RunAsync(request, stopping)
        );
        RotationView.Show(terminal, report, request);
        return report.State switch
        {
            "Completed" => ExitCodes.Success,
            "Cancelled" => ExitCodes.Interrupted,
            _ => ExitCodes.RowsLeft,
        };
    }

    private RotationRequest Request(ParseResult parsed, Session session)
    {
        var target = parsed.GetValue(targetVersion) ?? session.Ring.CurrentVersion;
        if (!session.Ring.Contains(target))
            throw new UsageException(
                $"the key ring has no key of version {target}; it has {string.Join(", ", session.Ring.Versions)}. "
                    + $"Add it to {KeyRingReader.PreviousKeys}, or choose another --target-version"
            );
        return new RotationRequest
        {
            Scopes = scopes.Scopes(parsed, session.Map),
            Tenants = scopes.Tenants(parsed),
            Settings = new RotationSettings(
                new RotationTarget(target, parsed.GetValue(allowDowngrade)),
                parsed.GetValue(batchSize),
                parsed.GetValue(dryRun)
            ),
            Workers = parsed.GetValue(workers),
        };
    }
}
