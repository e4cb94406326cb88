using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Support;

/// <summary>A row that is damaged in one way, with what was there before.</summary>
internal sealed record Damage(string Table, string Id, string Error, string Repair)
{
    /// <summary>
    /// Damages rows of the sample, each in another way and with sound ones between them, and returns which. The sample
    /// is without corrupt rows before.
    /// </summary>
    public static async Task<IReadOnlyList<Damage>> DoAsync(TestDatabase database)
    {
        var ids = EveryThird(
            await database.QueryAsync<string>(
                """SELECT id FROM knowledge_entries WHERE "tenantId" IS NOT NULL AND content <> '__external_storage__' ORDER BY id"""
            )
        );
        var other = await database.QueryAsync<string>(
            $"""
            SELECT theirs.content FROM knowledge_entries AS theirs, knowledge_entries AS ours
            WHERE ours.id = '{ids[4]}' AND theirs."tenantId" <> ours."tenantId"
              AND theirs.content <> '__external_storage__'
            LIMIT 1
            """
        );
        var connectors = EveryThird(
            await database.QueryAsync<string>("SELECT id FROM connectors ORDER BY id")
        );
        var sources = await database.QueryAsync<string>("SELECT id FROM knowledge_sources ORDER BY id");
        const string Swapped =
            "overlay({0} placing CASE substr({0}, 30, 1) WHEN 'A' THEN 'B' ELSE 'A' END from 30)";
        Damage[] damaged =
        [
            await EntryAsync(ids[0], "AuthenticationFailed", string.Format(null, Swapped, "content")),
            await EntryAsync(ids[1], "MalformedEnvelope", "left(content, 30)"),
            await EntryAsync(ids[2], "AuthenticationFailed", "left(content, 60)"),
            await EntryAsync(ids[3], "MalformedEnvelope", "'?! not base64 ?!'"),
            await EntryAsync(ids[4], "AuthenticationFailed", $"'{other[0]}'"),
            await VersionAsync("knowledge_entries", ids[5]),
            await ColumnAsync(
                "connectors",
                connectors[0],
                "\"encryptedAccessToken\"",
                "AuthenticationFailed",
                string.Format(null, Swapped, "\"encryptedAccessToken\"")
            ),
            await ColumnAsync(
                "connectors",
                connectors[1],
                "\"encryptedRefreshToken\"",
                "MalformedEnvelope",
                "'truncated'"
            ),
            await VersionAsync("connectors", connectors[2]),
            await ColumnAsync(
                "knowledge_sources",
                sources[0],
                "configuration",
                "MalformedEnvelope",
                "jsonb_set(configuration, '{credentials}', '\"clear\"')"
            ),
        ];
        // An update moves a row to the end; back to the order of their keys, sound rows lie between them.
        foreach (var table in SampleTables.Encrypted)
            await database.ExecuteAsync($"CLUSTER {table} USING {table}_pkey");
        return damaged;

        Task<Damage> EntryAsync(string id, string error, string value) =>
            ColumnAsync("knowledge_entries", id, "content", error, value);

        Task<Damage> VersionAsync(string table, string id) =>
            ColumnAsync(table, id, "encryption_key_version", "UnknownKeyVersion", "99");

        async Task<Damage> ColumnAsync(string table, string id, string column, string error, string value)
        {
            var good = await database.ScalarAsync<string>(
                $"SELECT quote_nullable({column}::text) FROM {table} WHERE id = '{id}'"
            );
            await database.ExecuteAsync($"UPDATE {table} SET {column} = {value} WHERE id = '{id}'");
            var type = column switch
            {
                "configuration" => "::jsonb",
                "encryption_key_version" => "::int",
                _ => "",
            };
            return new Damage(
                table,
                id,
                error,
                $"UPDATE {table} SET {column} = {good}{type} WHERE id = '{id}'"
            );
        }
    }

    private static List<string> EveryThird(IReadOnlyList<string> ids) => [.. ids.Where((_, i) => i % 3 == 0)];
}
