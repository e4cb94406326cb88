using RotationMesh.Core.Keys;
using RotationMesh.Tables;
using RotationMesh.Tables.External;
using RotationMesh.Tables.Statements;

namespace RotationMesh.LocalOperations.Retiring;

/// <summary>
/// Finds envelopes that stand in a table at rows whose value lives elsewhere. They need their key, whatever version
/// the rows claim. Their columns are declared, so <c>--skip-scan</c>, which leaves out what the map does not name,
/// leaves out none of them.
/// </summary>
internal sealed class InlineRetirement(ApplicationDatabases databases, KeyRing ring)
{
    private const string Fix =
        "give the table an externalStore, let its predicate leave these rows out, or delete what nobody needs";

    private readonly List<InlineValues> tables = [];

    /// <summary>
    /// Warnings of values that may be envelopes and that no key of the ring opens. They alone prevent no retirement.
    /// </summary>
    public IReadOnlyList<string> Closed =>
        [
            .. tables.SelectMany(table =>
                table
                    .Counts.Where(count => count is { OpenedBy: null, IsUntried: false })
                    .Select(count => $"{table.Table}: {count.Description}")
            ),
        ];

    /// <summary>Reads every table, and forgets what the last look found.</summary>
    public async Task LookAsync(IEnumerable<MappedTable> targets, CancellationToken cancellationToken)
    {
        tables.Clear();
        var look = new InlineLook(databases, ring);
        foreach (var target in targets)
            tables.Add(await look.LookAsync(target, null, cancellationToken));
    }

    /// <summary>
    /// Returns what prevents the retirement of a version. <paramref name="lacking"/> says why the ring lacks the
    /// version's key; null where the ring has it.
    /// </summary>
    public IEnumerable<string> InTheWay(long? version, string? lacking)
    {
        if (version is null)
            yield break;
        foreach (var table in tables)
        foreach (var count in table.Counts)
            if (count.IsUntried)
                yield return $"{table.Table}: {count.Description}; nobody can tell whether version {version} opens them: {Fix}";
            else if (count.OpenedBy is { } opened)
            {
                if (opened == version)
                    yield return $"{table.Table}: {count.Description}: {Fix}";
            }
            else if (lacking is not null)
                yield return $"{table.Table}: {count.Description}; {lacking}, so nobody can tell: put it back and try again";
    }
}
