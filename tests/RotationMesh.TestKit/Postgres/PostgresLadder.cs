using RotationMesh.TestKit.Servers;

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
        if (Missing.Variable(Variable) is { } given)
            return new GivenPostgres(given);
        Func<Task<IPostgres>>? native = null;
        if (PostgresBinaries.Find() is { } binaries)
            native = async () => await NativePostgres.StartAsync(binaries);
        return await Ladder.ClimbAsync("PostgreSQL", StartContainerAsync, native);
    }

    private static Task<IPostgres> StartContainerAsync() =>
        ContainerPostgres.StartAsync(Missing.Variable(ImageVariable) ?? DefaultImage);
}
