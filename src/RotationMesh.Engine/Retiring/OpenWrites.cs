using RotationMesh.Control;
using RotationMesh.Control.Ledger;
using RotationMesh.Tables;

namespace RotationMesh.Engine.Retiring;

/// <summary>
/// Finds workers that may still bring rows to a version: they have a write deadline and did not answer, whatever
/// became of their rotation.
/// </summary>
internal sealed class OpenWrites(ApplicationDatabases databases, ControlDatabase control)
{
    /// <summary>
    /// Returns the time in each database that has such a deadline, by the database's own clock. Throws where one does
    /// not answer.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, DateTime>> ReadClocksAsync(
        int version,
        string? fingerprint,
        CancellationToken cancellationToken
    ) => await ReadClocksAsync(await ListAsync(version, fingerprint, cancellationToken), cancellationToken);

    /// <summary>Describes each deadline that has not passed. Throws where a database does not answer.</summary>
    public async Task<IReadOnlyList<string>> FindAsync(
        int version,
        string? fingerprint,
        CancellationToken cancellationToken
    )
    {
        var deadlines = await ListAsync(version, fingerprint, cancellationToken);
        var clocks = await ReadClocksAsync(deadlines, cancellationToken);
        return
        [
            .. deadlines
                .Where(deadline => clocks[deadline.Database] < deadline.Until)
                .Select(deadline => RetirementBarrier.Writing(deadline, version)),
        ];
    }

    private Task<IReadOnlyList<WriteDeadline>> ListAsync(
        int version,
        string? fingerprint,
        CancellationToken cancellationToken
    ) => new RetiredKeyStore(control).ListDeadlinesToAsync(version, fingerprint, cancellationToken);

    private async Task<IReadOnlyDictionary<string, DateTime>> ReadClocksAsync(
        IReadOnlyList<WriteDeadline> deadlines,
        CancellationToken cancellationToken
    )
    {
        var clocks = new Dictionary<string, DateTime>();
        foreach (var database in deadlines.Select(deadline => deadline.Database).Distinct())
            clocks[database] = databases.Has(database)
                ? await DatabaseClocks.AskAsync(databases, database, cancellationToken)
                : await control.NowAsync(cancellationToken); // no worker with this map writes there
        return clocks;
    }
}
