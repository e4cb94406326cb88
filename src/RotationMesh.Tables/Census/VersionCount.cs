namespace RotationMesh.Tables.Census;

/// <summary>
/// Rows of a table that claim one key version (null: they claim none), split by whether their value is external.
/// </summary>
public readonly record struct VersionCount(long? Version, bool External, long Rows)
{
    private readonly IReadOnlyList<long>? values;

    /// <summary>Rows that hold no value at any of the declared columns.</summary>
    public long Empty { get; init; }

    /// <summary>
    /// Rows that name an object of the store and hold no value in its column, but that the map does not call external.
    /// </summary>
    public long Stray { get; init; }

    /// <summary>
    /// Rows that hold a value in the store's column and name an object of the store as well, but that the map does not call
    /// external.
    /// </summary>
    public long Beside { get; init; }

    /// <summary>For each declared column, the rows that hold a value there.</summary>
    public IReadOnlyList<long> Values
    {
        get => values ?? [];
        init => values = value;
    }

    /// <summary>Two counts are equal where all their numbers are.</summary>
    public bool Equals(VersionCount other) =>
        (Version, External, Rows, Empty, Stray, Beside)
            == (other.Version, other.External, other.Rows, other.Empty, other.Stray, other.Beside)
        && Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Version, External, Rows, Empty);
}

/// <summary>
/// Rows of one tenant that claim one key version. <paramref name="Tenant"/> is null for rows without a tenant where the
/// map names none for NULL.
/// </summary>
public readonly record struct TenantCount(string? Tenant, long? Version, bool External, long Rows);
