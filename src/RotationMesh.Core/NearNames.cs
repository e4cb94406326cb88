namespace RotationMesh.Core;

/// <summary>Names that look like a mistyped one, for error messages.</summary>
public static class NearNames
{
    private const int Shown = 3;

    /// <summary>
    /// Returns " Did you mean 'a' or 'b' or 'c'?" with the nearest names, or an empty text where none is near.
    /// </summary>
    public static string Hint(string typed, IEnumerable<string> known)
    {
        var near = Of(typed, known);
        return near.Count == 0
            ? ""
            : $" Did you mean {string.Join(" or ", near.Select(name => $"'{name}'"))}?";
    }

    /// <summary>
    /// Returns at most three known names, nearest first: those within a third of the typed name's length in edits
    /// (Levenshtein 1966; at least two), and those that contain it.
    /// </summary>
    public static IReadOnlyList<string> Of(string typed, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(typed);
        ArgumentNullException.ThrowIfNull(known);
        var limit = Math.Max(2, typed.Length / 3);
        return
        [
            .. known
                .Select(name => (Name: name, Distance: Distance(typed, name)))
                .Where(candidate =>
                    candidate.Distance <= limit
                    || candidate.Name.Contains(typed, StringComparison.OrdinalIgnoreCase)
                )
                .OrderBy(candidate => candidate.Distance)
                .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                .Take(Shown)
                .Select(candidate => candidate.Name),
        ];
    }

    private static int Distance(string left, string right)
    {
        var previous = Enumerable.Range(0, right.Length + 1).ToArray();
        var current = new int[right.Length + 1];
        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + cost);
            }

            (previous, current) = (current, previous);
        }

        return previous[right.Length];
    }
}
