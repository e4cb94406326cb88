using System.Globalization;
using System.Text;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.TestKit;

namespace RotationMesh.CliTests.SearchPath;

/// <summary>
/// Tables whose columns are of types that the server compares by operators of different schemas and signatures, one with a
/// trigger, one partitioned, one with a policy.
/// </summary>
internal static class MixedTables
{
    private const int Rows = 40;

    private const string Create = """
        CREATE EXTENSION citext SCHEMA public;
        CREATE TYPE mood AS ENUM ('calm', 'brisk');
        CREATE DOMAIN code AS text CHECK (VALUE <> '');
        CREATE TABLE notes (id varchar(36) PRIMARY KEY, tenant varchar(20), version int NOT NULL, secret text);
        CREATE INDEX ON notes (tenant);
        CREATE TABLE cards (id citext PRIMARY KEY, tenant citext, version smallint NOT NULL, secret bytea);
        CREATE TABLE deeds (id bigint PRIMARY KEY, tenant mood, version bigint NOT NULL, secret jsonb) PARTITION BY HASH (id);
        CREATE TABLE deeds_0 PARTITION OF deeds FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE deeds_1 PARTITION OF deeds FOR VALUES WITH (MODULUS 2, REMAINDER 1);
        CREATE TABLE spots (place code, number mood, id int, tenant code, version int NOT NULL, secret varchar(900),
                            PRIMARY KEY (place, number, id));
        CREATE TABLE chips (id uuid PRIMARY KEY, tenant uuid, version int NOT NULL, secret text);
        CREATE TABLE visits (id name PRIMARY KEY, tenant text NOT NULL, version int NOT NULL, secret text);
        CREATE TABLE visited (tenant text PRIMARY KEY);
        ALTER TABLE visits ENABLE ROW LEVEL SECURITY;
        CREATE POLICY one_tenant ON visits USING (tenant = current_setting('app.tenant', true));
        CREATE FUNCTION count_cards() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS
            'BEGIN PERFORM count(*) FROM notes WHERE id = NEW.id::text; RETURN NEW; END';
        CREATE TRIGGER count_cards BEFORE UPDATE ON cards FOR EACH ROW EXECUTE FUNCTION count_cards();
        """;

    /// <summary>The rotation map of all tables but the one with a policy.</summary>
    public const string Map = """
        databases: { app: { connectionString: "${APP_DATABASE_URL}" } }
        keys: { provider: environment }
        formats: { aead: { kind: hkdf-aes-256-gcm, salt: ocsuite-crypto-v1, info: "{tenant}:{context}" } }
        scopes:
          text:
            - { table: notes, database: app, key: id, tenant: tenant, version: version, columns: { secret: { format: aead, context: notes } } }
            - { table: cards, database: app, key: id, tenant: tenant, version: version, columns: { secret: { format: aead, context: cards } } }
          mixed:
            - { table: deeds, database: app, key: id, tenant: tenant, version: version, columns: { secret: { format: aead, context: deeds, path: token } } }
            - { table: spots, database: app, key: [place, number, id], tenant: tenant, version: version, columns: { secret: { format: aead, context: spots } } }
            - { table: chips, database: app, key: id, tenant: tenant, version: version, columns: { secret: { format: aead, context: chips } } }
        gates: { workers: [ { postgres: { applicationName: writers } } ] }
        """;

    /// <summary>The rotation map of the table with a policy.</summary>
    public const string PolicyMap = """
        databases: { app: { connectionString: "${APP_DATABASE_URL}" } }
        keys: { provider: environment }
        formats: { aead: { kind: hkdf-aes-256-gcm, salt: ocsuite-crypto-v1, info: "{tenant}:{context}" } }
        scopes:
          policies:
            - { table: visits, database: app, key: id, tenant: tenant, version: version, columns: { secret: { format: aead, context: visits } },
                rowLevelSecurity: { setting: app.tenant, tenants: "SELECT tenant FROM public.visited" } }
        """;

    private const string Stored = """
        SELECT 'notes' AS context, id::text, tenant::text, version::bigint, secret FROM notes
        UNION ALL SELECT 'cards', id::text, tenant::text, version, encode(secret, 'base64') FROM cards
        UNION ALL SELECT 'deeds', id::text, tenant::text, version, secret ->> 'token' FROM deeds
        UNION ALL SELECT 'spots', id::text, tenant::text, version, secret FROM spots
        UNION ALL SELECT 'chips', id::text, tenant::text, version, secret FROM chips
        UNION ALL SELECT 'visits', id::text, tenant::text, version, secret FROM visits
        """;

    /// <summary>Creates the tables with rows at version 1.</summary>
    public static async Task CreateAsync(TestDatabase database)
    {
        await database.ExecuteAsync(Create);
        var text = new StringBuilder();
        for (var i = 0; i < Rows; i++)
        {
            var (mood, uuid) = (
                i % 2 == 0 ? "calm" : "brisk",
                $"00000000-0000-0000-0000-{i % 3:000000000000}"
            );
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"""
                INSERT INTO notes VALUES ('note-{i}', 't{i % 5}', 1, '{Seal(
                    "notes",
                    $"t{i % 5}",
                    $"note-{i}"
                )}');
                INSERT INTO cards VALUES ('card-{i}', 'T{i % 5}', 1, decode('{Seal(
                    "cards",
                    $"T{i % 5}",
                    $"card-{i}"
                )}', 'base64'));
                INSERT INTO deeds VALUES ({i}, '{mood}', 1, '{Document(Seal("deeds", mood, $"{i}"))}');
                INSERT INTO spots VALUES ('here', '{mood}', {i}, 't{i % 5}', 1, '{Seal(
                    "spots",
                    $"t{i % 5}",
                    $"{i}"
                )}');
                INSERT INTO chips VALUES (gen_random_uuid(), '{uuid}', 1, '{Seal("chips", uuid, "chip")}');
                INSERT INTO visits VALUES ('visit-{i}', 't{i % 5}', 1, '{Seal(
                    "visits",
                    $"t{i % 5}",
                    $"visit-{i}"
                )}');
                INSERT INTO visited VALUES ('t{i % 5}') ON CONFLICT DO NOTHING;
                """
            );
        }

        await database.ExecuteAsync(text.ToString());
    }

    /// <summary>Rows that are at the version with the value that they were made with, of <see cref="AllRows"/>.</summary>
    public static async Task<int> CountReadableAsync(TestDatabase database, int version)
    {
        using var ring = new KeyRing(version, [KeyValuePair.Create(version, MasterKeys.Values[version])]);
        using var format = new HkdfAes256Gcm("ocsuite-crypto-v1", "{tenant}:{context}");
        var readable = 0;
        foreach (var row in await database.QueryAsync<Row>(Stored))
        {
            using var cipher = format.CreateCipher(ring.Keys.Single(), row.Tenant, row.Context);
            var envelope = Convert.FromBase64String(row.Secret);
            var plaintext = new byte[envelope.Length];
            var error = cipher.Open(envelope, plaintext, out var length);
            var value = row.Context == "chips" ? "chip" : row.Id;
            if (
                error == EnvelopeError.None
                && row.Version == version
                && Encoding.UTF8.GetString(plaintext, 0, length) == value
            )
                readable++;
        }

        return readable;
    }

    /// <summary>Rows of all tables.</summary>
    public const int AllRows = 6 * Rows;

    private static string Seal(string context, string tenant, string plaintext) =>
        Envelope.Seal(1, tenant, context, plaintext);

    private static string Document(string token) => $$"""{"token": "{{token}}", "left": "as it is"}""";

    private sealed record Row
    {
        public string Context { get; init; } = "";
        public string Id { get; init; } = "";
        public string Tenant { get; init; } = "";
        public long Version { get; init; }
        public string Secret { get; init; } = "";
    }
}
