using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Versions;

namespace RotationMesh.LocalOperations.Preflight;

/// <summary>Rejects rotations to a version that is being retired, through any control database.</summary>
internal sealed class ClosedVersions(RotationMap map, ApplicationDatabases databases)
{
    /// <summary>
    /// Throws <see cref="UsageException"/> where the target version is being retired in a database of the scopes. A
    /// database that does not answer is skipped.
    /// </summary>
    public async Task EnsureOpenAsync(
        IReadOnlyCollection<string> scopes,
        int targetVersion,
        CancellationToken cancellationToken
    )
    {
        var names = map
            .Tables.Where(table => scopes.Contains(table.Scope))
            .Select(table => table.Database)
            .Distinct();
        var retiring = await SomeAtOnce.SelectAsync(
            names,
            SomeAtOnce.Databases,
            name => FindAsync(name, targetVersion, cancellationToken),
            cancellationToken
        );
        if (retiring.OfType<string>().FirstOrDefault() is { } fault)
            throw new UsageException(fault);
    }

    private async Task<string?> FindAsync(string database, int version, CancellationToken cancellationToken)
    {
        var holders = await DatabaseQuestion.AskAsync(
            async token =>
            {
                await using var connection = await databases.OpenReadingAsync(database, token);
                return await VersionLock.FindAsync(connection, token);
            },
            cancellationToken
        );
        return holders?.FirstOrDefault(holder => holder.IsAlone && holder.IsOf(version)) is { } retiring
            ? $"key version {version} is being retired (database {database}, {retiring}): {Reasons.VersionBeingRetired}, "
                + "with --target-version"
            : null;
    }
}
