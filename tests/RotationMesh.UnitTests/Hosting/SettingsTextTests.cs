using RotationMesh.Hosting;

namespace RotationMesh.UnitTests.Hosting;

public sealed class SettingsTextTests
{
    [Test]
    public void Settings_are_shown_in_columns() =>
        Assert.That(
            SettingsText.Of([
                new Setting("--config", "rotation.yaml", Setting.ByDefault),
                new Setting("--rabbitmq", Setting.Hidden, "environment variable ROTATIONMESH_RABBITMQ"),
            ]),
            Is.EqualTo(
                """
                setting     value           source
                --config    rotation.yaml   default
                --rabbitmq  set, not shown  environment variable ROTATIONMESH_RABBITMQ

                """
            )
        );

    [Test]
    public void A_line_break_in_a_value_makes_no_line() =>
        Assert.That(
            SettingsText.Of([new Setting("--env-file", "a\nb\u001b", Setting.FromOption)]),
            Does.EndWith("--env-file  a b    option\n")
        );
}
