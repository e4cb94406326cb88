using Npgsql;
using RotationMesh.Core.Map;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;
using RotationMesh.Tables.Copying;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Warns after a rotation of triggers that may have copied the values that it replaced.</summary>
internal static class CopyView
{
    /// <summary>Writes a line for each such trigger of the tables with rotated rows.</summary>
    public static async Task ShowAsync(
        IAnsiConsole console,
        RotationMap map,
        ApplicationDatabases databases,
        RotationDocument rotation
    )
    {
        if (rotation.DryRun)
            return;
        var rotated = rotation
            .Scopes.Where(table => table.Rotated > 0)
            .Select(table => (table.Scope, table.Table))
            .ToHashSet();
        foreach (var entry in map.Tables.Where(entry => rotated.Contains((entry.Scope, entry.Name))))
        {
            try
            {
                foreach (var trigger in await new CopyingTriggers(databases).ListAsync(entry, default))
                    console.Warn(
                        $"Trigger {trigger.Name} of table {entry.Name} may have copied old values, which need their old key: 'rotationmesh doctor --scan' looks for copies"
                    );
            }
            catch (NpgsqlException)
            {
                // The rotation has ended and is reported; the doctor names the triggers once the database answers.
            }
        }
    }
}
