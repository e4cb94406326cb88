using RotationMesh.Service;
using RotationMesh.Worker;
using RotationMesh.Working;

var program = new ServiceProgram(
    "rotationmesh-worker",
    "Takes partitions of rotations from RabbitMQ and rewrites their rows.",
    "http://127.0.0.1:8086"
);
program.Add(WorkerOption.Concurrency);
return await program.RunAsync(
    args,
    (site, builder) =>
    {
        var options = new WorkerOptions { Concurrency = site.Value(WorkerOption.Concurrency) };
        builder.Services.AddParts(site, options.Concurrency).AddWorkerMesh(site.Broker, options);
    }
);
