namespace RotationMesh.Core.Map;

/// <summary>
/// A name in the database, exact and case-sensitive. Names reach SQL only as <see cref="Quoted"/> (PostgreSQL 4.1.1,
/// "Identifiers and Key Words").
/// </summary>
public readonly record struct SqlIdentifier
{
    /// <summary>
    /// Longest identifier that PostgreSQL keeps, in bytes; it silently cuts a longer one (NAMEDATALEN - 1).
    /// </summary>
    public const int MaxBytes = 63;

    private readonly string? written;

    /// <summary>
    /// Throws <see cref="FormatException"/> for a name that no PostgreSQL object can have. <paramref name="written"/> is
    /// how the map writes a name that came from a variable: errors show it, as the variable's value may be anything until
    /// the database knows it.
    /// </summary>
    public SqlIdentifier(string name, string? written = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0)
            throw new FormatException("a name is empty");
        if (name.Contains('\0', StringComparison.Ordinal))
            throw new FormatException("a name contains a NUL character");
        if (System.Text.Encoding.UTF8.GetByteCount(name) > MaxBytes)
            throw new FormatException($"the name '{name}' is longer than {MaxBytes} bytes");
        Name = name;
        this.written = written;
    }

    /// <summary>The name as the catalog holds it.</summary>
    public string Name { get; }

    /// <summary>The name in double quotes, valid in any SQL text.</summary>
    public string Quoted => $"\"{Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Whether the name came from a variable of the map.</summary>
    public bool IsFromVariable => written is not null;

    /// <summary>
    /// The name for an error about a name that the database may lack: quoted, or, for a name from a variable, as the map
    /// writes it.
    /// </summary>
    public string Shown => written ?? Quoted;

    /// <summary>Compares the names; how the map writes them does not count.</summary>
    public bool Equals(SqlIdentifier other) => Name == other.Name;

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name ?? "");

    /// <inheritdoc/>
    public override string ToString() => Name;
}
