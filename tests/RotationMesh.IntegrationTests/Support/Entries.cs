using RotationMesh.Core.Map;

namespace RotationMesh.IntegrationTests.Support;

/// <summary>Map entries as a test needs them: start from <see cref="Notes"/> and change what the test is about.</summary>
internal static class Entries
{
    public const string Context = "notes";

    /// <summary>The entry of the table that <see cref="NotesTable.Create"/> makes.</summary>
    public static TableEntry Notes { get; } = Table("notes");

    /// <summary>A table with the columns of the notes under another name, written as in SQL.</summary>
    public static TableEntry Table(string name) =>
        new()
        {
            Scope = "notes",
            Table = SqlName.Parse(name),
            Database = Fixture.App,
            Key = Names("id"),
            Tenant = new("tenant"),
            Version = new("version"),
            Columns = [Column("body")],
            Line = 7,
        };

    public static ColumnEntry Column(string name, string? path = null, string context = Context) =>
        new(new(name), Fixture.Format, context, path?.Split('.'), 9);

    public static SqlIdentifier[] Names(params string[] names) =>
        [.. names.Select(name => new SqlIdentifier(name))];
}
