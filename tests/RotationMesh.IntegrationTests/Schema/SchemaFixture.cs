using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Schema;

/// <summary>Notes with a column for each way in which a map may be wrong about one.</summary>
internal static class SchemaFixture
{
    public static async Task<Fixture> CreateAsync(params TableEntry[] entries)
    {
        var fixture = await Fixture.CreateAsync(entries);
        await fixture.ExecuteAsync(
            $"""
            CREATE TABLE notes ({NotesTable.Columns}, settings jsonb, number int, loose text UNIQUE, partly text NOT NULL DEFAULT '',
                computed int GENERATED ALWAYS AS (1) STORED, label text GENERATED ALWAYS AS (id || '!') STORED);
            CREATE UNIQUE INDEX ON notes (partly) WHERE partly <> '';
            CREATE VIEW notes_view AS SELECT * FROM notes;
            CREATE TABLE ruled (LIKE notes INCLUDING ALL);
            CREATE RULE hush AS ON UPDATE TO ruled DO INSTEAD NOTHING;
            CREATE TABLE parents (LIKE notes INCLUDING ALL);
            CREATE TABLE children () INHERITS (parents)
            """
        );
        return fixture;
    }
}
