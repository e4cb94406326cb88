using System.Diagnostics;
using RotationMesh.TestKit.Servers;

namespace RotationMesh.TestKit.Redis;

/// <summary>A process of the installed binary. Disposing ends it, and its data is gone.</summary>
internal sealed class NativeRedis : IAsyncDisposable
{
    private const string Binary = "redis-server";

    private readonly Process process;

    private NativeRedis(Process process) => this.process = process;

    /// <summary>Name of the binary; null where it is not installed.</summary>
    public static string? Program => Machine.OnPath(Binary) ? Binary : null;

    /// <summary>Starts one with these lines of <c>redis.conf</c>.</summary>
    public static async Task<IAsyncDisposable> StartAsync(IReadOnlyList<string> lines)
    {
        var start = new ProcessStartInfo(Binary, "-")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        foreach (var line in lines)
            await process.StandardInput.WriteLineAsync(line);
        process.StandardInput.Close();
        return new NativeRedis(process);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
