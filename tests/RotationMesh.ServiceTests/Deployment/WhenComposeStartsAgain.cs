using RotationMesh.TestKit.Deployment;

namespace RotationMesh.ServiceTests.Deployment;

/// <summary>compose/ is started once more, on volumes that were kept.</summary>
public sealed class WhenComposeStartsAgain
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    [Test]
    public async Task Secrets_stay_and_are_for_the_user_that_the_settings_name_now()
    {
        using var secrets = await ComposeSecrets.MakeAsync();
        var admin = secrets.PathOf("grafana/admin");
        var (password, token) = (secrets.Read("grafana/admin"), secrets.Read("operator/token"));
        (await new CommandLine("chmod", "644", admin).RunAsync(Deadline)).Exits(0);

        await secrets.StartAsync("GRAFANA_UID", 65534);

        Assert.That(secrets.Read("grafana/admin"), Is.EqualTo(password));
        Assert.That(secrets.Read("operator/token"), Is.EqualTo(token));
        var file = (await new CommandLine("stat", "--format", "%a %u", admin).RunAsync(Deadline)).Exits(0);
        var modeAndUser = file.Output.Trim().Split(' ');
        Assert.That(modeAndUser[0], Is.EqualTo("400"));
        // Only root gives files away, as the container that runs the script does.
        if (Environment.IsPrivilegedProcess)
            Assert.That(modeAndUser[1], Is.EqualTo("65534"));
    }
}
