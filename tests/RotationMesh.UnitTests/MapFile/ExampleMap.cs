namespace RotationMesh.UnitTests.MapFile;

/// <summary>The example that the documentation shows.</summary>
internal static class ExampleMap
{
    public const string Yaml = """
        databases:
          app:
            connectionString: ${APP_DATABASE_URL}    # Npgsql keywords or postgres:// URL; ${VAR} and ${VAR:-default} anywhere
        control:                                     # optional: where saga, ledger and audit live (schema rotationmesh)
          connectionString: ${CONTROL_DATABASE_URL}  # default: the first database
        keys:
          provider: environment
        formats:
          tenant-aead:
            kind: hkdf-aes-256-gcm
            salt: ocsuite-crypto-v1
            info: "{tenant}:{context}"
        scopes:
          connectors:
            - table: connectors                      # schema-qualified or not; quoted safely
              database: app
              key: id                                # one column or a list (composite primary key)
              tenant: tenantId
              version: encryption_key_version
              columns:
                encryptedAccessToken:  { format: tenant-aead, context: connector-tokens }
                encryptedRefreshToken: { format: tenant-aead, context: connector-tokens }
          knowledge:
            - table: knowledge_entries
              database: app
              key: id
              tenant: tenantId
              tenantWhenNull: company_hq
              version: encryption_key_version
              versionWhenNull: 1
              external: "content = '__external_storage__'"   # SQL predicate of rows whose value lives elsewhere: counted, warned about, not touched
              columns:
                content: { format: tenant-aead, context: knowledge_entry }
            - table: knowledge_sources
              database: app
              key: id
              tenant: tenantId
              tenantWhenNull: company_hq
              version: encryption_key_version
              columns:
                configuration: { format: tenant-aead, context: knowledge_source, path: credentials }   # a string inside jsonb
        gates:
          workers:
            - bullmq: { redis: "${REDIS_URL}", prefix: bull, queues: [sync-connector, knowledge-retention], drainTimeout: 60s }
          snapshot: { maxAge: 24h }
        """;
}
