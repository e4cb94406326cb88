namespace RotationMesh.UnitTests.MapFile;

/// <summary>Maps that tests read, or spoil in one place.</summary>
internal static class Maps
{
    /// <summary>The password in <see cref="Small"/>, which no error may show.</summary>
    public const string Password = "correct-horse";

    /// <summary>A valid map without variables; tests count on its lines.</summary>
    public const string Small = """
        databases:
          app:
            connectionString: postgres://owner:correct-horse@db/app
        formats:
          aead:
            kind: hkdf-aes-256-gcm
            salt: pinch
            info: "{tenant}:{context}"
        scopes:
          connectors:
            - table: connectors
              database: app
              key: id
              tenant: tenantId
              version: keyVersion
              columns:
                accessToken: { format: aead, context: tokens }
                settings: { format: aead, context: settings, path: api.secret }
        """;

    /// <summary>A map with everything a map can say.</summary>
    public const string Full = """
        databases:
          app:
            connectionString: ${APP_DATABASE_URL}    # Npgsql keywords or postgres:// URL
        control:
          connectionString: ${CONTROL_DATABASE_URL:-Host=control;Database=rotation}
        keys:
          provider: environment
        formats:
          tenant-aead:
            kind: hkdf-aes-256-gcm
            salt: ocsuite-crypto-v1
            info: "{tenant}:{context}"
        scopes:
          connectors:
            - table: connectors
              database: app
              key: id
              tenant: tenantId
              version: encryption_key_version
              columns:
                encryptedAccessToken:  { format: tenant-aead, context: connector-tokens }
                encryptedRefreshToken: { format: tenant-aead, context: connector-tokens }
          knowledge:
            - table: knowledge_entries
              database: app
              key: [tenantId, id]
              tenant: tenantId
              tenantWhenNull: company_hq
              version: encryption_key_version
              versionWhenNull: 1
              external: "content = '__external_storage__'"
              rowLevelSecurity: { setting: app.current_tenant_id, tenants: SELECT id FROM tenants }
              columns:
                content: { format: tenant-aead, context: knowledge_entry }
            - table: '"Odd Schema"."Knowledge Sources"'
              database: app
              key: id
              tenant: tenantId
              tenantWhenNull: company_hq
              tenantPadding: false
              only: true
              version: encryption_key_version
              mostlyEmpty: true
              columns:
                configuration: { format: tenant-aead, context: knowledge_source, path: credentials.token }
        gates:
          workers:
            - bullmq: { redis: "${REDIS_URL}", prefix: bull, queues: [sync-connector, knowledge-retention], drainTimeout: 60s }
          snapshot: { maxAge: 24h }
        """;

    /// <summary>The small map with one piece of text replaced; the piece stands in it once.</summary>
    public static string Spoiled(string piece, string replacement)
    {
        var start = Small.IndexOf(piece, StringComparison.Ordinal);
        if (start < 0 || Small.IndexOf(piece, start + 1, StringComparison.Ordinal) >= 0)
            throw new ArgumentException($"'{piece}' does not stand in the map exactly once");
        return Small.Replace(piece, replacement, StringComparison.Ordinal);
    }
}
