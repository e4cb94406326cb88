using System.Text;
using RotationMesh.Core.External;
using RotationMesh.Core.Map;

namespace RotationMesh.IntegrationTests.Support;

/// <summary>A store whose objects are asked of the test each time that they are read; it takes no writes.</summary>
internal sealed class AskedStore(Func<string, Task<string>> envelopeOf) : IExternalStores, IExternalStore
{
    public IExternalStore Open(ExternalStoreEntry entry) => this;

    public async Task<IExternalValue> ReadAsync(string name, CancellationToken cancellationToken) =>
        new Held(Encoding.UTF8.GetBytes(await envelopeOf(name)));

    private sealed record Held(ReadOnlyMemory<byte> Envelope) : IExternalValue
    {
        public Task EnsureReplaceableAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<bool> TryReplaceAsync(
            ReadOnlyMemory<byte> envelope,
            Action beforeWriting,
            CancellationToken cancellationToken
        ) => Task.FromResult(false);
    }
}
