using System.Globalization;
using BenchmarkDotNet.Running;
using RotationMesh.Benchmarks;

return args switch
{
    ["value"] => RunValueBenchmark(),
    ["throughput", .. var rest] => await ThroughputBenchmark.RunAsync(ThroughputOptions.Parse(rest)),
    ["cost", .. var rest] => await CostBenchmark.RunAsync(CostOptions.Parse(rest)),
    ["memory", .. var rest] => await MemoryBenchmark.RunAsync(Number(rest, 0, 500_000)),
    ["mesh", .. var rest] => await MeshBenchmark.RunAsync(Number(rest, 0, 500_000), Number(rest, 1, 3)),
    ["settlement", .. var rest] => await SettlementBenchmark.RunAsync(Number(rest, 0, 1_000_000)),
    _ => Usage(),
};

static int RunValueBenchmark()
{
    BenchmarkRunner.Run<ValueBenchmark>();
    return 0;
}

static int Number(string[] arguments, int place, int otherwise) =>
    arguments.Length > place ? int.Parse(arguments[place], CultureInfo.InvariantCulture) : otherwise;

static int Usage()
{
    Console.Error.WriteLine(
        "usage: value | throughput [--rows N] [--runs N] [--layout TENANTS]... [--verify HOW] "
            + "| cost [--rows N] [--runs N] [--layout TENANTS]... [--indexes three|all] | memory [ROWS] | mesh [ROWS [RUNS]] "
            + "| settlement [PARTITIONS]"
    );
    return 2;
}
