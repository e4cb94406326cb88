using k8s;
using k8s.Autorest;
using k8s.Exceptions;
using k8s.Models;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Kubernetes;

/// <summary>
/// Holds while a Deployment has no replica: one that is not ready yet, or that terminates, may still write. Older clusters do
/// not count those that terminate. It needs the verb <c>get</c> on the Deployment.
/// </summary>
internal sealed class DeploymentGate(KubernetesEntry entry, Func<KubernetesClientConfiguration> cluster)
    : IGate,
        IDisposable
{
    // A check every two seconds and this timeout together stay below the five seconds in which a lost gate must be noticed.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly Lock making = new();
    private k8s.Kubernetes? client;

    /// <inheritdoc/>
    public GateEntry Entry => entry;

    /// <inheritdoc/>
    public async Task<GateVerdict> CheckAsync(GateOccasion occasion, CancellationToken cancellationToken)
    {
        try
        {
            var deployment = await Client()
                .AppsV1.ReadNamespacedDeploymentAsync(
                    entry.Deployment,
                    entry.Namespace,
                    cancellationToken: cancellationToken
                );
            return Judge(deployment);
        }
        catch (HttpOperationException e)
        {
            return Unreadable($"the API answered with status {(int)e.Response.StatusCode}");
        }
        catch (HttpRequestException e)
        {
            return Unreadable($"the API cannot be reached ({e.HttpRequestError})");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unreadable($"the API did not answer within {Timeout.TotalSeconds:0.###} s");
        }
        catch (Exception e) when (e is KubeConfigException or IOException or UnauthorizedAccessException)
        {
            return Unreadable("the cluster's configuration (KUBECONFIG) cannot be read");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client?.Dispose();

    private k8s.Kubernetes Client()
    {
        lock (making)
        {
            if (client is not null)
                return client;
            var configuration = cluster();
            configuration.HttpClientTimeout = Timeout;
            return client = new k8s.Kubernetes(configuration);
        }
    }

    // A status that is older than the specification counts the replicas from before the latest scaling.
    private GateVerdict Judge(V1Deployment deployment)
    {
        var status = deployment.Status;
        if (status?.ObservedGeneration is not { } observed || observed < deployment.Metadata.Generation)
            return Lost("its status is older than its specification", "wait for the cluster to catch up");
        if (status.Replicas is { } replicas and > 0)
            return Lost(
                $"it has {replicas} replicas, {status.ReadyReplicas ?? 0} of them ready",
                "scale it to 0"
            );
        return status.TerminatingReplicas is { } ending and > 0
            ? Lost($"{ending} of its replicas still terminate", "wait until they are gone")
            : new GateVerdict(entry.Name, Holds: true, $"{Named} has no replica");
    }

    private GateVerdict Unreadable(string reason) =>
        Lost(reason, $"check cluster, permissions and names at line {entry.Line} of the map");

    private GateVerdict Lost(string reason, string fix) =>
        new(entry.Name, Holds: false, $"{Named}: {reason}", fix);

    private string Named => $"Deployment {entry.Namespace}/{entry.Deployment}";
}
