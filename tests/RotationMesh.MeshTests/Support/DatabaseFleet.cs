using System.Text;
using Npgsql;
using RotationMesh.Core.Map;
using RotationMesh.Sample;
using RotationMesh.TestKit;

namespace RotationMesh.MeshTests.Support;

/// <summary>Many small databases in one map, with a control database of their own.</summary>
internal sealed class DatabaseFleet : IAsyncDisposable
{
    private readonly List<TestDatabase> databases = [];

    public IReadOnlyList<TestDatabase> Databases => databases;

    /// <summary>The last one is <paramref name="bigger"/> times the size of the others.</summary>
    public static async Task<DatabaseFleet> CreateAsync(int count, int rows, int bigger)
    {
        var fleet = new DatabaseFleet();
        await using var small = await SampleWorld.LoadAsync(new SampleOptions { Rows = rows, Tenants = 4 });
        await using var big = await SampleWorld.LoadAsync(
            new SampleOptions { Rows = rows * bigger, Tenants = 4 }
        );
        for (var i = 1; i <= count; i++)
            fleet.databases.Add(await (i < count ? small : big).Database.CopyAsync());
        return fleet;
    }

    /// <summary>Name of a database in the map, from its place.</summary>
    public static string Name(int place) => $"db{place:00}";

    /// <summary>A map of some of them, by their places; <paramref name="doors"/> leads elsewhere than to the server.</summary>
    public RotationMap Map(
        IEnumerable<int> places,
        string control,
        IReadOnlyDictionary<int, string>? doors = null
    )
    {
        var chosen = places.ToList();
        var yaml = new StringBuilder("databases:\n");
        foreach (var place in chosen)
            yaml.Append(null, $"  {Name(place)}:\n    connectionString: ${{{Name(place)}}}\n");
        yaml.Append(
            $$"""
            control:
              connectionString: ${control}
            keys:
              provider: environment
            formats:
              tenant-aead: { kind: hkdf-aes-256-gcm, salt: ocsuite-crypto-v1, info: "{tenant}:{context}" }
            scopes:
              knowledge:

            """
        );
        foreach (var place in chosen)
            yaml.Append(
                $$"""
                    - table: knowledge_entries
                      database: {{Name(place)}}
                      key: id
                      tenant: tenantId
                      tenantWhenNull: company_hq
                      version: encryption_key_version
                      columns:
                        content: { format: tenant-aead, context: knowledge_entry }

                """
            );
        return SampleWorld.Read(
            yaml.ToString(),
            name =>
                name == "control"
                    ? control
                    : Limited(
                        doors?.GetValueOrDefault(Place(name)) ?? databases[Place(name)].ConnectionString
                    )
        );
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in databases)
            await database.DisposeAsync();
    }

    private static int Place(string name) =>
        int.Parse(name.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture);

    private static string Limited(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Timeout = 5 }.ConnectionString;
}
