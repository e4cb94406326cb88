using RotationMesh.Cli;
using RotationMesh.Cli.Output;

ProcessPrivacy.Enter();

// A terminal does not fail, and Spectre must recognize it as a terminal.
var output = Console.IsOutputRedirected ? new StandardOutput(Console.Out) : Console.Out;
return await CommandLine.RunAsync(args, output, Console.Error);
