using RotationMesh.Control.Rotations;
using RotationMesh.Embedding;
using RotationMesh.LocalOperations;
using RotationMesh.Operations;

namespace RotationMesh.IntegrationTests.Support;

/// <summary>Rotations in whose midst something else happens, and their retries.</summary>
internal static class Interruption
{
    /// <summary>
    /// Rotates every table of the map. The statements run where the rotation comes into <paramref name="state"/>, in the same
    /// transaction; they name schemas.
    /// </summary>
    public static async Task<RotationReport> RotateAcrossAsync(
        this Fixture fixture,
        string statements,
        string state = "Planning"
    )
    {
        await fixture.Control.MigrateAsync(CancellationToken.None);
        await fixture.ExecuteAsync(
            $"""
            CREATE FUNCTION public.happen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statements}; RETURN NULL; END $$;
            CREATE TRIGGER happen AFTER UPDATE ON rotationmesh.rotations FOR EACH ROW
                WHEN (OLD.state <> '{state}' AND NEW.state = '{state}') EXECUTE FUNCTION public.happen()
            """
        );
        var report = await fixture.RotateAsync();
        await fixture.ExecuteAsync("DROP FUNCTION public.happen CASCADE");
        return report;
    }

    /// <summary>Retries a rotation that has ended.</summary>
    public static async Task<RotationReport> RetryAsync(this Fixture fixture, Guid rotation)
    {
        var parts = new MeshParts(
            fixture.Map,
            fixture.Ring,
            fixture.Databases,
            fixture.Schema,
            fixture.Control
        );
        var ended = await new RunningRotations(fixture.Control).FindAsync(rotation, CancellationToken.None);
        var report = await new EmbeddedMesh(parts, fixture.Progress).TryControlAsync(
            ended!,
            new ControlOrder { Action = ControlAction.Retry, RequestedBy = "test" },
            workers: 2,
            CancellationToken.None
        );
        return report!;
    }
}
