using Npgsql;
using RotationMesh.Core.Map;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;
using RotationMesh.Tables.Copying;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Says after a rotation which triggers may have copied the values that it replaced.</summary>
internal static class CopyView
{
    /// <summary>A line for each trigger of a table of which rows were rotated.</summary>
    public static async Task ShowAsync(
        IAnsiConsole console,
        RotationMap map,
        TargetDatabases databases,
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
                // The rotation is over, and what became of it is told: the doctor names the triggers when the database answers.
            }
        }
    }
}
