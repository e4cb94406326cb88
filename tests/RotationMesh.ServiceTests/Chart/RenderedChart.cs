using k8s;
using k8s.Models;
using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Chart;

/// <summary>What the Helm chart makes of values, read strictly by the types of Kubernetes.</summary>
internal sealed class RenderedChart
{
    public const string Namespace = "rotation";

    /// <summary>Exit code of the renderer where what it is built with is not installed.</summary>
    private const int IsMissing = 3;

    /// <summary>Longest rendering: the first one builds the renderer.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private static readonly string Renderer = Path.Combine(RepositoryRoot.Path, "infra", "helm", "render.sh");

    private static readonly Dictionary<string, Type> OfOthers = new()
    {
        ["keda.sh/v1alpha1/ScaledObject"] = typeof(ScaledObject),
        ["keda.sh/v1alpha1/TriggerAuthentication"] = typeof(TriggerAuthentication),
        ["monitoring.coreos.com/v1/ServiceMonitor"] = typeof(ServiceMonitor),
    };

    private RenderedChart(string text)
    {
        Text = text;
        Objects = KubernetesYaml.LoadAllFromString(text, OfOthers, strict: true);
    }

    /// <summary>Folder of the chart.</summary>
    public static string Folder { get; } = Path.Combine(RepositoryRoot.Path, "infra", "helm", "rotationmesh");

    /// <summary>The files of values that the chart is rendered with, without their ending.</summary>
    public static IEnumerable<string> Cases =>
        Directory
            .EnumerateFiles(Path.Combine(Folder, "ci"), "*.yaml")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal);

    public string Text { get; }

    public IReadOnlyList<object> Objects { get; }

    /// <summary>Every pod, or template of pods.</summary>
    public IReadOnlyList<RenderedPod> Pods => [.. Objects.Select(PodOf).OfType<RenderedPod>()];

    /// <summary>Renders the chart with one of <see cref="Cases"/>.</summary>
    public static async Task<RenderedChart> OfAsync(string values) =>
        new((await RenderAsync(FileOf(values))).Exits(0).Output);

    /// <summary>Renders the chart with values that are given as their text.</summary>
    public static async Task<RenderedChart> OfTextAsync(string values, params string[] further) =>
        new((await RenderTextAsync(values, further)).Exits(0).Output);

    /// <summary>The notes that an installation with one of <see cref="Cases"/> shows.</summary>
    public static async Task<string> NotesAsync(string values) =>
        (await RenderAsync(FileOf(values), "--notes")).Exits(0).Output;

    /// <summary>
    /// Renders the chart with a file of values. Where the renderer can't be built, the test is ignored, or fails in CI.
    /// </summary>
    public static async Task<ProcessOutcome> RenderAsync(string file, params string[] further)
    {
        var outcome = await new CommandLine(
            Renderer,
            ["--namespace", Namespace, "--values", file, .. further]
        ).RunAsync(Deadline);
        return outcome.ExitCode == IsMissing ? throw Missing.Tell(outcome.Error.Trim()) : outcome;
    }

    /// <summary>The same with values that are given as their text.</summary>
    public static async Task<ProcessOutcome> RenderTextAsync(string values, params string[] further)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, values);
            return await RenderAsync(file, further);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The objects of a kind.</summary>
    public IReadOnlyList<T> All<T>() => [.. Objects.OfType<T>()];

    /// <summary>The one pod of a part of the release.</summary>
    public RenderedPod Pod(string part) => Pods.First(pod => pod.Part == part);

    private static string FileOf(string values) => Path.Combine(Folder, "ci", $"{values}.yaml");

    private static RenderedPod? PodOf(object rendered) =>
        rendered switch
        {
            V1Deployment made => Of(made.Metadata, made.Spec.Template),
            V1Job made => Of(made.Metadata, made.Spec.Template),
            V1CronJob made => Of(made.Metadata, made.Spec.JobTemplate.Spec.Template),
            V1Pod made => new RenderedPod(made.Metadata.Name, made.Metadata.Labels, made.Spec),
            _ => null,
        };

    private static RenderedPod Of(V1ObjectMeta owner, V1PodTemplateSpec template) =>
        new(owner.Name, template.Metadata.Labels, template.Spec);
}
