using RotationMesh.Core;

namespace RotationMesh.UnitTests;

public sealed class DurationsTests
{
    [TestCase("10m")]
    [TestCase("90s")]
    [TestCase("1h")]
    [TestCase("2d")]
    [TestCase("1500ms")]
    public void A_length_of_time_is_written_as_it_is_read(string text) =>
        Assert.That(Durations.Text(Durations.Parse(text)!.Value), Is.EqualTo(text));

    [TestCase("600s", "10m")]
    [TestCase("48h", "2d")]
    public void The_largest_unit_without_a_fraction_is_taken(string text, string written) =>
        Assert.That(Durations.Text(Durations.Parse(text)!.Value), Is.EqualTo(written));
}
