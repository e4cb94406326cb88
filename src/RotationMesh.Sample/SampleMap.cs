namespace RotationMesh.Sample;

/// <summary>The rotation map of the sample schema.</summary>
public static class SampleMap
{
    /// <summary>
    /// Returns a <c>rotation.yaml</c> with the scopes connectors and knowledge, and without gates. Its connection string
    /// comes from the environment variable <paramref name="connectionStringVariable"/>.
    /// </summary>
    public static string Yaml(string connectionStringVariable)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionStringVariable);
        return $$"""
            databases:
              app:
                connectionString: ${{{connectionStringVariable}}}
            keys:
              provider: environment
            formats:
              tenant-aead:
                kind: hkdf-aes-256-gcm
                salt: {{SampleEnvelopes.Salt}}
                info: "{{SampleEnvelopes.Info}}"
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
                  key: id
                  tenant: tenantId
                  tenantWhenNull: company_hq
                  version: encryption_key_version
                  versionWhenNull: 1
                  external: "content = '__external_storage__'"
                  columns:
                    content: { format: tenant-aead, context: knowledge_entry }
                - table: knowledge_sources
                  database: app
                  key: id
                  tenant: tenantId
                  tenantWhenNull: company_hq
                  version: encryption_key_version
                  columns:
                    configuration: { format: tenant-aead, context: knowledge_source, path: credentials }

            """;
    }
}
