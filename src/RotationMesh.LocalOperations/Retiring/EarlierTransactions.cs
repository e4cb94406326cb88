using Npgsql;
using RotationMesh.Core;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.Tables.Writers;

namespace RotationMesh.LocalOperations.Retiring;

/// <summary>
/// Waits, after a census that has found no row of a version, for the transactions that were open then, in every database. The
/// census has waited for writers of the map's tables alone. Any other transaction that is older may hold their old values, and
/// commit them where the rows have been decrypted already, where the scan has been, or into a table that is not there for it.
/// </summary>
internal sealed class EarlierTransactions(ApplicationDatabases databases)
{
    // What a transaction has read, the application may write by another one: from a cursor in batches, say, or into the next
    // database. Who did so for one that was awaited had begun when that one ended, so a second round finds it. A third would
    // find none: what is written later comes from the memory of a program, which no wait covers.
    private const int Rounds = 2;

    private const string Remedy =
        "let them end, or end them (SELECT pg_terminate_backend(PID); of a prepared one COMMIT PREPARED or ROLLBACK PREPARED), "
        + "then try again";

    /// <summary>
    /// Waits for them for as long as a census waits for writers. Returns what prevents the retirement: those that have not ended, and
    /// databases that do not answer.
    /// </summary>
    public async Task<IReadOnlyList<string>> WaitAsync(
        IReadOnlyList<string> names,
        CancellationToken cancellationToken
    )
    {
        var inTheWay = new List<string>();
        for (var round = 0; round < Rounds && inTheWay.Count == 0; round++)
            foreach (var name in names)
            {
                var open = EarlierWriters.Anywhere(databases, name);
                try
                {
                    if (!await open.HaveEndedAsync(RetirementCensus.Timeout, cancellationToken))
                        inTheWay.Add($"database {name}: {Reasons.OpenAtCount}: {open}; {Remedy}");
                }
                catch (NpgsqlException fault)
                {
                    inTheWay.Add(
                        $"database {name} could not be asked for open transactions: {DatabaseFaults.Describe(fault.InnerException as NpgsqlException ?? fault)}"
                    );
                }
            }

        return inTheWay;
    }
}
