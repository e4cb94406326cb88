using System.Text.RegularExpressions;

namespace RotationMesh.ServiceTests.Chart;

/// <summary>What an installation tells whoever made it.</summary>
public sealed class WhenTheNotesAreRead
{
    private static IEnumerable<string> Cases => RenderedChart.Cases;

    [TestCaseSource(nameof(Cases))]
    public async Task They_name_every_secret_that_is_needed(string values)
    {
        var chart = await RenderedChart.OfAsync(values);
        var notes = await RenderedChart.NotesAsync(values);

        var keys = chart.All<TriggerAuthentication>().SelectMany(found => found.Spec.SecretTargetRef);
        foreach (
            var (secret, key) in chart
                .Pods.SelectMany(pod => pod.Secrets.Values)
                .Concat(keys.Select(found => (found.Name, found.Key)))
        )
            Assert.That(notes, Does.Match($@"(?m)^  {Regex.Escape(secret)}: .*\b{Regex.Escape(key)}\b"));
    }

    [TestCaseSource(nameof(Cases))]
    public async Task They_name_every_image_that_is_pulled(string values)
    {
        var chart = await RenderedChart.OfAsync(values);
        var notes = await RenderedChart.NotesAsync(values);

        foreach (var pod in chart.Pods)
            Assert.That(notes.Split('\n'), Does.Contain($"  {pod.Container.Image}"), pod.Owner);
    }

    [TestCase("coordinator: { service: { type: LoadBalancer } }", "networkPolicy.clients.from")]
    [TestCase("telemetry: { collector: { enabled: true } }", "networkPolicy.scrapers")]
    public async Task They_name_the_value_that_is_lacking(string values, string name)
    {
        var plain = (await RenderedChart.RenderTextAsync("{}", "--notes")).Exits(0).Output;
        var notes = (await RenderedChart.RenderTextAsync(values, "--notes")).Exits(0).Output;

        Assert.That(plain, Does.Not.Contain(name));
        Assert.That(notes, Does.Contain(name));
    }
}
