using RotationMesh.Operations.Documents;
using RotationMesh.Tables.Scanning;

namespace RotationMesh.Engine.Scanning;

/// <summary>Says which values were not tried with everything, why, and what an operator does about it.</summary>
internal static class UntriedWords
{
    /// <summary>What makes the row itself tell its tenant.</summary>
    public const string Name = "give the table a column with the tenant";

    /// <summary>Whether the ring lacks the key that would tell, for which no search makes up.</summary>
    public static bool LacksKey(UntriedDocument untried) =>
        untried.Cause == nameof(UntriedCause.KeyIsMissing);

    /// <summary>Why they were not tried with everything, where their row names no tenant.</summary>
    public static string Why(ScanDocument scanned, string cause) =>
        cause == nameof(UntriedCause.TenantsAreUnknown)
            ? $"their rows name no tenant, and not every tenant is known: {scanned.TenantsUnknown}"
            : "their rows name no tenant, and the time to search for it was used up";

    /// <summary>Where they are, and how many.</summary>
    public static string Values(ScannedTable table, UntriedDocument untried) =>
        $"{ScanWords.Place(table, untried.Column, untried.Path)} ({ScanWords.Number(untried.Values)} {(untried.Values == 1 ? "value" : "values")})";

    /// <summary>The option that leaves a column out, as a shell takes it.</summary>
    public static string Skip(string database, string table, string column)
    {
        var place = SkippedPlaces.Name(database, table, column);
        return place.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '.' or '_' or '-')
            ? $"--skip-scan-of {place}"
            : $"--skip-scan-of '{place.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }
}
