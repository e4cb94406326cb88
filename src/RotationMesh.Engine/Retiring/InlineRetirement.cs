using RotationMesh.Core.Keys;
using RotationMesh.Tables;
using RotationMesh.Tables.External;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Engine.Retiring;

/// <summary>
/// What stands in the table at rows whose value lives elsewhere needs its key, whatever version the rows claim. The columns are
/// declared, so who skips the scan of what the map does not name skips nothing of this.
/// </summary>
internal sealed class InlineRetirement(TargetDatabases databases, KeyRing ring)
{
    private const string Fix =
        "give the table an externalStore, let its predicate leave these rows out, or delete what nobody needs";

    private readonly List<InlineValues> tables = [];

    /// <summary>Values that may be envelopes and that no key opens: nobody's way is barred by them, but somebody should know.</summary>
    public IReadOnlyList<string> Closed =>
        [
            .. tables.SelectMany(table =>
                table
                    .Counts.Where(count => count is { OpenedBy: null, IsUntried: false })
                    .Select(count => $"{table.Table}: {count.Told}")
            ),
        ];

    /// <summary>Looks at every table anew.</summary>
    public async Task LookAsync(IEnumerable<TableTarget> targets, CancellationToken cancellationToken)
    {
        tables.Clear();
        var look = new InlineLook(databases, ring);
        foreach (var target in targets)
            tables.Add(await look.LookAsync(target, null, cancellationToken));
    }

    /// <summary>
    /// What of it keeps a version from being retired, whose key the ring may be <paramref name="lacking"/>, for a reason.
    /// </summary>
    public IEnumerable<string> InTheWay(long? version, string? lacking)
    {
        if (version is null)
            yield break;
        foreach (var table in tables)
        foreach (var count in table.Counts)
            if (count.IsUntried)
                yield return $"{table.Table}: {count.Told}; nobody can tell whether version {version} opens them: {Fix}";
            else if (count.OpenedBy is { } opened)
            {
                if (opened == version)
                    yield return $"{table.Table}: {count.Told}: {Fix}";
            }
            else if (lacking is not null)
                yield return $"{table.Table}: {count.Told}; {lacking}, so nobody can tell: put it back and try again";
    }
}
