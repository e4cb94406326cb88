namespace RotationMesh.Tables.Census;

/// <summary>
/// Rows of a table that claim one key version (null: none that is known), split by whether their value is external.
/// </summary>
public readonly record struct VersionCount(long? Version, bool External, long Rows)
{
    private readonly IReadOnlyList<long>? values;

    /// <summary>Rows that hold no value at any of the declared columns.</summary>
    public long Empty { get; init; }

    /// <summary>Rows that name an object of the store, and whose value is neither there by the map nor in the table.</summary>
    public long Stray { get; init; }

    /// <summary>For each declared column, the rows that hold a value there.</summary>
    public IReadOnlyList<long> Values
    {
        get => values ?? [];
        init => values = value;
    }

    /// <summary>Counts are the same where all their numbers are.</summary>
    public bool Equals(VersionCount other) =>
        (Version, External, Rows, Empty, Stray)
            == (other.Version, other.External, other.Rows, other.Empty, other.Stray)
        && Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Version, External, Rows, Empty);
}

/// <summary>The same for one tenant (null: a row without tenant where the map names no replacement).</summary>
public readonly record struct TenantCount(string? Tenant, long? Version, bool External, long Rows);
