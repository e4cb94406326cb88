using k8s.Models;

namespace RotationMesh.ServiceTests.Chart;

/// <summary>Jobs of the command line, which work by themselves or ask a coordinator.</summary>
public sealed class WhenJobsAreRendered
{
    [TestCase("[rotate, --workers, \"5\"]", "rotate --workers 5")]
    [TestCase("[rotate, --workers=5]", "rotate --workers=5")]
    [TestCase("[verify]", "verify --workers 3")]
    [TestCase("[doctor]", "doctor")]
    public async Task A_job_takes_the_workers_that_its_arguments_name(string given, string args)
    {
        var chart = await RenderedChart.OfTextAsync(
            $"{{ cli: {{ embedded: true, workers: 3 }}, job: {{ enabled: true, args: {given} }} }}"
        );

        var job = chart.All<V1Job>().Single();
        Assert.That(job.Spec.Template.Spec.Containers.Single().Args, Is.EqualTo(args.Split(' ')));
    }

    [Test]
    public async Task A_job_is_begun_again_where_a_database_was_away_and_not_after_an_answer()
    {
        var chart = await RenderedChart.OfAsync("job");

        var ending = chart.All<V1Job>().Single().Spec.PodFailurePolicy.Rules.Last();
        Assert.That(ending.Action, Is.EqualTo("FailJob"));
        Assert.That(ending.OnExitCodes.Values, Is.EqualTo([2, 3, 4, 5]));
    }

    [Test]
    public async Task A_job_stays_the_same_where_the_version_of_the_chart_alone_is_another()
    {
        var chart = await RenderedChart.OfAsync("job");

        var job = chart.All<V1Job>().Single();
        Assert.That(job.Metadata.Labels.Keys, Does.Contain("helm.sh/chart"));
        Assert.That(job.Spec.Template.Metadata.Labels.Keys, Does.Not.Contain("helm.sh/chart"));
        Assert.That(job.Spec.Template.Metadata.Labels.Keys, Does.Not.Contain("app.kubernetes.io/version"));
    }

    [Test]
    public async Task A_job_asks_again_for_minutes_where_no_coordinator_answers_yet()
    {
        var chart = await RenderedChart.OfAsync("job");

        var retries = chart.All<V1Job>().Single().Spec.BackoffLimit!.Value;
        var pauses = Enumerable.Range(0, retries).Sum(retry => 10 << retry); // Kubernetes doubles them
        Assert.That(TimeSpan.FromSeconds(pauses), Is.AtLeast(TimeSpan.FromMinutes(10)));
    }
}
