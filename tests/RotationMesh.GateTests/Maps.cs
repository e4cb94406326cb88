using RotationMesh.Core.Map;
using RotationMesh.MapFile;

namespace RotationMesh.GateTests;

/// <summary>Maps with gates, read from their text as an operator writes it.</summary>
internal static class Maps
{
    /// <summary>A map with one table and those gates, in YAML; the database is <paramref name="connectionString"/>.</summary>
    public static RotationMap With(string gates, string connectionString = "Host=nowhere")
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(
                path,
                $$"""
                databases:
                  app:
                    connectionString: "{{connectionString}}"
                formats:
                  aead: { kind: hkdf-aes-256-gcm, salt: pinch, info: "{tenant}:{context}" }
                scopes:
                  notes:
                    - table: notes
                      key: id
                      tenant: tenant
                      version: version
                      columns:
                        body: { format: aead, context: notes }
                gates:
                  {{gates}}
                """
            );
            return RotationMapReader.Read(path, _ => null);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
