namespace RotationMesh.Tables.Statements;

/// <summary>Says what ends that a partition is about to be detached.</summary>
public static class DetachWords
{
    /// <summary>
    /// Returns the beginning of an advice: until the <paramref name="statements"/> have run, such a partition can't be attached
    /// again. It is empty where none is about to be detached (null).
    /// </summary>
    public static string First(params IEnumerable<string?> statements)
    {
        var different = statements.OfType<string>().Distinct().ToList();
        return different.Count == 0 ? "" : $"end the detaching with {string.Join("; ", different)}, then ";
    }
}
