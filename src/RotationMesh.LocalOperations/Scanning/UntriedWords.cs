using RotationMesh.Core.Map;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables.Scanning;

namespace RotationMesh.LocalOperations.Scanning;

/// <summary>
/// Says which values were not tried with every key and tenant, why, and what an operator can do about it.
/// </summary>
internal static class UntriedWords
{
    /// <summary>What to do so that a row names its tenant.</summary>
    public const string Name = "give the table a column with the tenant";

    /// <summary>Whether the ring lacks the key to try the value with; a longer search would not help.</summary>
    public static bool LacksKey(UntriedDocument untried) =>
        untried.Cause == nameof(UntriedCause.KeyIsMissing);

    /// <summary>
    /// Whether the tenant that the row names was tried, and only others were not: as a rule a row names the tenant of its values.
    /// </summary>
    public static bool NamesTenant(string cause) => cause == nameof(UntriedCause.OtherTenants);

    /// <summary>Says why values were not tried with every tenant.</summary>
    public static string Why(ScanDocument scanned, string cause) =>
        cause switch
        {
            nameof(UntriedCause.TenantsAreUnknown) =>
                $"their rows name no tenant, and not every tenant is known: {scanned.TenantsUnknown}",
            nameof(UntriedCause.OtherTenants) =>
                "the tenant that their rows name was tried, and the time to try the others was used up",
            _ => "their rows name no tenant, and the time to search for it was used up",
        };

    /// <summary>Says where the values are, and how many.</summary>
    public static string Values(ScannedTable table, UntriedDocument untried) =>
        $"{ScanWords.Place(table, untried.Column, untried.Path)} ({ScanWords.Number(untried.Values)} {(untried.Values == 1 ? "value" : "values")})";

    /// <summary>Returns the option that leaves a table or a column of it out of the scan, quoted for a shell.</summary>
    public static string Skip(string database, string table, string? column) =>
        Option(SkippedLocations.Name(database, table, column));

    /// <summary>Returns the option that leaves all tables of a schema out of the scan, quoted for a shell.</summary>
    public static string Skip(string database, SqlIdentifier schema) =>
        Option(SkippedLocations.Name(database, schema));

    private static string Option(string place) =>
        place.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '.' or '_' or '-')
            ? $"--skip-scan-of {place}"
            : $"--skip-scan-of '{place.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
