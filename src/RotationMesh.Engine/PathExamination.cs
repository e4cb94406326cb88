using RotationMesh.Operations.Documents;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Engine;

/// <summary>Finds the roles that may create functions and operators in a schema of the sessions' search path.</summary>
internal sealed class PathExamination(ApplicationDatabases databases, Findings findings)
{
    /// <summary>Adds a finding for each schema and role.</summary>
    public async Task ExamineAsync(string database, CancellationToken cancellationToken)
    {
        foreach (
            var (schema, role) in await new OpenSchemas(databases).FindAsync(database, cancellationToken)
        )
            findings.Add(
                Verdict.Warning,
                $"database {database}",
                $"{(role == "PUBLIC" ? "every role" : $"role {role}")} may create functions and operators in schema {schema}, "
                    + "which is in the search path: triggers, policies and the map's own SQL may call them in place of the server's",
                $"REVOKE CREATE ON SCHEMA {schema} FROM {role}"
            );
    }
}
