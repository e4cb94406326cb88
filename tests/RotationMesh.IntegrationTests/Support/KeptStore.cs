using System.Collections.Concurrent;
using System.Text;
using RotationMesh.Core.External;
using RotationMesh.Core.Map;

namespace RotationMesh.IntegrationTests.Support;

/// <summary>A store in memory. It calls <paramref name="replaced"/> with the name of each object that was replaced.</summary>
internal sealed class KeptStore(Func<string, Task> replaced) : IExternalStores, IExternalStore
{
    /// <summary>Envelopes by the names of their objects.</summary>
    public ConcurrentDictionary<string, string> Envelopes { get; } = new();

    public IExternalStore Open(ExternalStoreEntry entry) => this;

    public Task<IExternalValue> ReadAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult<IExternalValue>(new Held(this, name, Envelopes[name]));

    private async Task<bool> TryReplaceAsync(string name, string was, ReadOnlyMemory<byte> envelope)
    {
        if (!Envelopes.TryUpdate(name, Encoding.UTF8.GetString(envelope.Span), was))
            return false;
        await replaced(name);
        return true;
    }

    private sealed record Held(KeptStore Store, string Name, string Text) : IExternalValue
    {
        public ReadOnlyMemory<byte> Envelope => Encoding.UTF8.GetBytes(Text);

        public Task EnsureReplaceableAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<bool> TryReplaceAsync(
            ReadOnlyMemory<byte> envelope,
            Action beforeWriting,
            CancellationToken cancellationToken
        )
        {
            beforeWriting();
            return Store.TryReplaceAsync(Name, Text, envelope);
        }
    }
}
