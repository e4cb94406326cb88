namespace RotationMesh.ServiceTests.Chart;

/// <summary>A configuration of OpenTelemetry's collector: what it has, by name, and which pipelines are made of it.</summary>
internal sealed class CollectorConfig
{
    public Dictionary<string, object> Extensions { get; set; } = [];
    public Dictionary<string, object> Receivers { get; set; } = [];
    public Dictionary<string, object> Processors { get; set; } = [];
    public Dictionary<string, object> Exporters { get; set; } = [];
    public Running Service { get; set; } = new();

    internal sealed class Running
    {
        public List<string> Extensions { get; set; } = [];
        public Dictionary<string, Pipeline> Pipelines { get; set; } = [];
    }

    internal sealed class Pipeline
    {
        public List<string> Receivers { get; set; } = [];
        public List<string> Processors { get; set; } = [];
        public List<string> Exporters { get; set; } = [];
    }
}
