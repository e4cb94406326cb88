using System.CommandLine;
using RotationMesh.Cli.Output;
using RotationMesh.Cli.Sessions;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Cli.Commands;

/// <summary><c>workers</c>: the application's own queues, those of the map's gates.</summary>
internal sealed class WorkersVerb : IVerb
{
    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        var pause = new Command("pause", "Pause the application's queues; jobs that run go on to their end");
        pause.SetAction((parsed, _) => RunAsync(parsed, terminal(parsed), PauseAsync, "Paused", stopping));
        var resume = new Command("resume", "Resume the queues that this program paused, and no others");
        resume.SetAction((parsed, _) => RunAsync(parsed, terminal(parsed), ResumeAsync, "Resumed", stopping));
        var status = new Command("status", "Show the application's queues as they are now");
        status.SetAction((parsed, _) => RunAsync(parsed, terminal(parsed), LookAsync, null, stopping));
        return new Command("workers", "Pause, resume and show the application's own queues")
        {
            pause,
            resume,
            status,
        };
    }

    private static async Task<int> RunAsync(
        ParseResult parsed,
        Terminal terminal,
        Func<IApplicationWorkers, CancellationToken, Task<WorkersDocument>> act,
        string? done,
        CancellationToken stopping
    )
    {
        await using var operations = new OperationsSource(parsed, terminal, changes: done is not null);
        var workers = await act(operations.Workers, stopping);
        var table = TableView.Of(["Gate", "Queue", "State", "Paused by"], ["Running", "Waiting", "Delayed"]);
        foreach (var queue in workers.Queues)
            table.Add(
                queue.Gate,
                queue.Queue,
                !queue.Exists ? "missing"
                    : queue.Paused ? "paused"
                    : "running",
                PausedBy(queue),
                queue.Active,
                queue.Waiting,
                queue.Delayed
            );
        terminal.Tables.Write(table);
        if (workers.Changed.Count > 0)
            terminal.Tables.Line($"{done}: {string.Join(", ", workers.Changed)}");
        terminal.WriteJson(workers);
        return ExitCodes.Success;
    }

    private static Task<WorkersDocument> PauseAsync(
        IApplicationWorkers workers,
        CancellationToken stopping
    ) => workers.PauseAsync(Operator.Name, stopping);

    private static Task<WorkersDocument> ResumeAsync(
        IApplicationWorkers workers,
        CancellationToken stopping
    ) => workers.ResumeAsync(stopping);

    private static Task<WorkersDocument> LookAsync(IApplicationWorkers workers, CancellationToken stopping) =>
        workers.LookAsync(stopping);

    private static string PausedBy(QueueDocument queue) =>
        queue switch
        {
            { PausedByUs: { RotationId: { } rotation } } => $"rotation {rotation}",
            { PausedByUs: { } pause } => pause.RequestedBy,
            { Paused: true } => "the application",
            _ => "",
        };
}
