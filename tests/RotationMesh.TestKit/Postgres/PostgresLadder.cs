using NUnit.Framework;

namespace RotationMesh.TestKit.Postgres;

/// <summary>Where the tests' server comes from: a given one, else a container, else installed binaries.</summary>
internal static class PostgresLadder
{
    public const string Variable = "ROTATIONMESH_TEST_POSTGRES";
    public const string ImageVariable = "ROTATIONMESH_TEST_POSTGRES_IMAGE";
    private const string DefaultImage = "postgres:17";

    /// <summary>The server, or null if none can be had on this machine.</summary>
    public static async Task<IPostgres?> ClimbAsync()
    {
        if (Value(Variable) is { } given)
        {
            return new GivenPostgres(given);
        }

        var binaries = PostgresBinaries.Find();
        if (await DockerEngine.AnswersAsync())
        {
            try
            {
                return await ContainerPostgres.StartAsync(Value(ImageVariable) ?? DefaultImage);
            }
            catch (Exception error) when (binaries is not null)
            {
                // An engine that cannot pull the image, say. Not silent: the slower way would hide that containers are broken.
                await TestContext.Progress.WriteLineAsync(
                    $"PostgreSQL from {binaries}, because the container did not start: {error.Message}"
                );
            }
        }

        return binaries is null ? null : await NativePostgres.StartAsync(binaries);
    }

    private static string? Value(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } value && !string.IsNullOrWhiteSpace(value)
            ? value
            : null;
}
