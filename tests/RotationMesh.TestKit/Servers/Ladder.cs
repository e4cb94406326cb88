using NUnit.Framework;

namespace RotationMesh.TestKit.Servers;

/// <summary>Where a server of the tests comes from that nobody gave: a container, else installed binaries.</summary>
internal static class Ladder
{
    private const string Variable = "ROTATIONMESH_TEST_CONTAINERS";

    /// <summary>
    /// Whether servers come from containers and from nowhere else, as tests/containers.sh asks: a container that does not
    /// start then fails the test.
    /// </summary>
    public static bool ContainersAlone => Missing.Variable(Variable) is not null;

    /// <summary>
    /// Whether a server that a test has for itself comes from a container: where binaries would do, they are faster to start
    /// and to stop. <paramref name="program"/> is null where they are not installed.
    /// </summary>
    public static async Task<bool> LacksAsync(string? program) =>
        ContainersAlone || (program is null && await DockerEngine.AnswersAsync());

    /// <summary>
    /// Starts a server; null if none can be had on this machine. <paramref name="native"/> is null where its binaries are
    /// not installed.
    /// </summary>
    public static async Task<T?> ClimbAsync<T>(string name, Func<Task<T>> container, Func<Task<T>>? native)
        where T : class
    {
        if (ContainersAlone)
            return await container();
        if (await DockerEngine.AnswersAsync())
        {
            try
            {
                return await container();
            }
            catch (Exception error) when (native is not null)
            {
                // An engine that cannot pull the image, say. Not silent: the slower way would hide that containers are broken.
                await TestContext.Progress.WriteLineAsync(
                    $"{name} from installed binaries, because the container did not start: {error.Message}"
                );
            }
        }

        return native is null ? null : await native();
    }
}
