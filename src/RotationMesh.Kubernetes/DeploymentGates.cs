using k8s;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Kubernetes;

/// <summary>Makes the gates of Deployments, in the cluster that <paramref name="cluster"/> configures.</summary>
public sealed class DeploymentGates(Func<KubernetesClientConfiguration> cluster) : IGateKind
{
    /// <summary>
    /// Uses the cluster that the program runs in, or else the current context of KUBECONFIG or of <c>~/.kube/config</c>.
    /// </summary>
    public DeploymentGates()
        : this(KubernetesClientConfiguration.BuildDefaultConfig) { }

    /// <inheritdoc/>
    public IGate? Make(GateEntry entry) =>
        entry is KubernetesEntry deployment ? new DeploymentGate(deployment, cluster) : null;
}
