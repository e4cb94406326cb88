using System.Globalization;

namespace RotationMesh.Core;

/// <summary>Lists names in a sentence.</summary>
public static class SomeNames
{
    /// <summary>Names that are listed unless the caller says otherwise.</summary>
    public const int Usual = 3;

    /// <summary>Returns the first names, and how many more there are.</summary>
    public static string Of<T>(IReadOnlyCollection<T> names, int most = Usual)
    {
        ArgumentNullException.ThrowIfNull(names);
        var named = string.Join(", ", names.Take(most));
        return names.Count <= most
            ? named
            : string.Create(CultureInfo.InvariantCulture, $"{named} and {names.Count - most:N0} more");
    }
}
