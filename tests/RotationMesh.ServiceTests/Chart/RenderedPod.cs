using k8s.Models;

namespace RotationMesh.ServiceTests.Chart;

/// <summary>A pod of the chart, by the name of what makes it.</summary>
internal sealed record RenderedPod(string Owner, IDictionary<string, string> Labels, V1PodSpec Spec)
{
    /// <summary>coordinator, worker, cli or collector.</summary>
    public string Part => Labels["app.kubernetes.io/component"];

    /// <summary>Whether it runs one of our programs.</summary>
    public bool IsOurs => Part != "collector";

    public V1Container Container => Spec.Containers.Single();

    public IReadOnlyDictionary<string, string?> Variables =>
        (Container.Env ?? []).ToDictionary(variable => variable.Name, variable => (string?)variable.Value);

    /// <summary>The files that are keys of Secrets, by their path in the container.</summary>
    public IReadOnlyDictionary<string, (string Secret, string Key)> Secrets =>
        (
            from volume in Spec.Volumes
            where volume.Projected is not null
            from source in volume.Projected.Sources
            from item in source.Secret.Items
            let mount = Container.VolumeMounts.Single(mount => mount.Name == volume.Name)
            select (Path: $"{mount.MountPath}/{item.Path}", source.Secret.Name, item.Key)
        ).ToDictionary(file => file.Path, file => (file.Name, file.Key));

    /// <summary>Whether all of these labels are on it.</summary>
    public bool Has(IDictionary<string, string> labels) =>
        labels.All(label => Labels.TryGetValue(label.Key, out var value) && value == label.Value);
}
