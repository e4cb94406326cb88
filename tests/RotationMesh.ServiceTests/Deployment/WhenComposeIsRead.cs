using RotationMesh.TestKit.Deployment;

namespace RotationMesh.ServiceTests.Deployment;

/// <summary>compose/, as its own program reads it; that needs no engine.</summary>
public sealed class WhenComposeIsRead
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private static readonly string[] Profiles = ["", "gates", "s3", "observe", "gates,s3,observe"];

    [TestCaseSource(nameof(Profiles))]
    public async Task Its_program_accepts_it_without_a_warning(string profiles)
    {
        var config = await DeploymentPrograms.ComposeAsync("config", "--quiet");

        var outcome = await (
            config with
            {
                Environment = new Dictionary<string, string?> { ["COMPOSE_PROFILES"] = profiles },
            }
        ).RunAsync(Deadline);

        outcome.Exits(0);
        Assert.That(outcome.Output + outcome.Error, Is.Empty);
    }
}
