using k8s.Models;

namespace RotationMesh.ServiceTests.Chart;

// Kinds that Kubernetes does not have of its own, with the fields that the chart sets: a strict reader knows no others.

/// <summary>KEDA: how many replicas a Deployment has, by what waits for it.</summary>
internal sealed class ScaledObject
{
    public string ApiVersion { get; set; } = "";
    public string Kind { get; set; } = "";
    public V1ObjectMeta Metadata { get; set; } = new();
    public Scaling Spec { get; set; } = new();

    internal sealed class Scaling
    {
        public V1CrossVersionObjectReference ScaleTargetRef { get; set; } = new();
        public int PollingInterval { get; set; }
        public int CooldownPeriod { get; set; }
        public int MinReplicaCount { get; set; }
        public int MaxReplicaCount { get; set; }
        public Advanced Advanced { get; set; } = new();
        public List<Trigger> Triggers { get; set; } = [];
    }

    internal sealed class Advanced
    {
        public Autoscaler HorizontalPodAutoscalerConfig { get; set; } = new();
    }

    internal sealed class Autoscaler
    {
        public V2HorizontalPodAutoscalerBehavior Behavior { get; set; } = new();
    }

    internal sealed class Trigger
    {
        public string Type { get; set; } = "";
        public Dictionary<string, string> Metadata { get; set; } = [];
        public Reference AuthenticationRef { get; set; } = new();
    }

    internal sealed class Reference
    {
        public string Name { get; set; } = "";
    }
}

/// <summary>KEDA: where a trigger has its address from.</summary>
internal sealed class TriggerAuthentication
{
    public string ApiVersion { get; set; } = "";
    public string Kind { get; set; } = "";
    public V1ObjectMeta Metadata { get; set; } = new();
    public Authentication Spec { get; set; } = new();

    internal sealed class Authentication
    {
        public List<SecretKey> SecretTargetRef { get; set; } = [];
    }

    internal sealed class SecretKey
    {
        public string Parameter { get; set; } = "";
        public string Name { get; set; } = "";
        public string Key { get; set; } = "";
    }
}

/// <summary>The Prometheus operator: which Services are asked for metrics.</summary>
internal sealed class ServiceMonitor
{
    public string ApiVersion { get; set; } = "";
    public string Kind { get; set; } = "";
    public V1ObjectMeta Metadata { get; set; } = new();
    public Monitoring Spec { get; set; } = new();

    internal sealed class Monitoring
    {
        public V1LabelSelector Selector { get; set; } = new();
        public Namespaces NamespaceSelector { get; set; } = new();
        public List<Endpoint> Endpoints { get; set; } = [];
    }

    internal sealed class Namespaces
    {
        public List<string> MatchNames { get; set; } = [];
    }

    internal sealed class Endpoint
    {
        public string Port { get; set; } = "";
        public bool HonorLabels { get; set; }
        public string Interval { get; set; } = "";
    }
}

/// <summary>The Prometheus operator: rules that Prometheus loads.</summary>
internal sealed class PrometheusRule
{
    public string ApiVersion { get; set; } = "";
    public string Kind { get; set; } = "";
    public V1ObjectMeta Metadata { get; set; } = new();
    public Ruling Spec { get; set; } = new();

    /// <summary>A file of rules of Prometheus is the same.</summary>
    internal sealed class Ruling
    {
        public List<Group> Groups { get; set; } = [];
    }

    internal sealed class Group
    {
        public string Name { get; set; } = "";
        public List<Rule> Rules { get; set; } = [];
    }

    internal sealed class Rule
    {
        public string Alert { get; set; } = "";
        public string Expr { get; set; } = "";
        public string For { get; set; } = "";
        public Dictionary<string, string> Labels { get; set; } = [];
        public Dictionary<string, string> Annotations { get; set; } = [];
    }
}
