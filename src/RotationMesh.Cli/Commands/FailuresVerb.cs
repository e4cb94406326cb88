using System.CommandLine;
using RotationMesh.Cli.Output;
using RotationMesh.Core;
using RotationMesh.Engine;
using RotationMesh.Postgres.Control;
using Spectre.Console;

namespace RotationMesh.Cli.Commands;

/// <summary><c>failures</c>: the rows that a rotation left as they are, by cause.</summary>
internal sealed class FailuresVerb : IVerb
{
    private readonly Argument<string?> id = new("ID")
    {
        Description = "The rotation (default: the latest)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        var command = new Command("failures", "List the rows that a rotation left as they are, by cause")
        {
            id,
        };
        command.SetAction((parsed, _) => RunAsync(parsed, terminal(parsed), stopping));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        await using var session = new Session(parsed);
        var rotation = await FindAsync(session, parsed.GetValue(id), stopping);
        var store = new RowFailureStore(session.Control.Source);
        var counts = await store.CountAsync(rotation.RotationId, stopping);
        var failures = await store.ListAsync(rotation.RotationId, RotationReport.MaxFailures, stopping);
        Show(terminal.Tables, rotation, counts, failures);
        terminal.WriteJson(
            new
            {
                rotation.RotationId,
                rotation.State,
                Total = counts.Sum(count => count.Rows),
                Causes = counts.Select(count => new
                {
                    count.Scope,
                    Database = count.DatabaseName,
                    Table = count.TableName,
                    count.Error,
                    count.Rows,
                }),
                Failures = failures.Select(FailureView.Document),
            }
        );
        return ExitCodes.Success;
    }

    private static async Task<RotationRecord> FindAsync(
        Session session,
        string? id,
        CancellationToken cancellationToken
    )
    {
        Guid? wanted = null;
        if (id is not null)
            wanted = Guid.TryParse(id, out var parsed)
                ? parsed
                : throw new UsageException($"'{id}' is not the id of a rotation");
        var exists = await session.Control.ExistsAsync(cancellationToken);
        var found = exists
            ? await new RotationStore(session.Control.Source).FindAsync(wanted, cancellationToken)
            : null;
        return found
            ?? throw new UsageException(
                wanted is null ? "there was no rotation yet" : $"there is no rotation {wanted}"
            );
    }

    private static void Show(
        IAnsiConsole console,
        RotationRecord rotation,
        IReadOnlyList<FailureCount> counts,
        IReadOnlyList<RowFailureRecord> failures
    )
    {
        console.WriteLine(
            $"Rotation {rotation.RotationId} to version {rotation.TargetVersion}: {rotation.State}"
        );
        if (counts.Count == 0)
        {
            console.WriteLine("No row failed.");
            return;
        }

        var table = Tables.Of(["Scope", "Table", "Cause"], ["Rows"]);
        foreach (var count in counts)
            table.Add(count.Scope, count.TableName, count.Error, count.Rows);
        console.Write(table);
        foreach (var failure in failures)
            console.WriteLine(
                FailureView.Line(
                    failure.TableName,
                    failure.RowKey,
                    failure.Tenant,
                    failure.Version,
                    failure.Error
                )
            );
        var more = counts.Sum(count => count.Rows) - failures.Count;
        if (more > 0)
            console.WriteLine($"  … and {Tables.Number(more)} more");
    }
}
