using BenchmarkDotNet.Running;
using RotationMesh.Benchmarks;

return args switch
{
    ["value"] => RunValueBenchmark(),
    ["throughput", .. var rest] => await ThroughputBenchmark.RunAsync(ThroughputOptions.Parse(rest)),
    _ => Usage(),
};

static int RunValueBenchmark()
{
    BenchmarkRunner.Run<ValueBenchmark>();
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("usage: value | throughput [--rows N] [--runs N] [--layout TENANTS]...");
    return 2;
}
