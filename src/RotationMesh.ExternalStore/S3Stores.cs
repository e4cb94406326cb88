using System.Collections.Concurrent;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using RotationMesh.Core.External;
using RotationMesh.Core.Map;

namespace RotationMesh.ExternalStore;

/// <summary>
/// Opens buckets of S3, and of servers that speak its protocol. Credentials come from the SDK's usual variables, first
/// through <paramref name="variable"/> and then through the SDK's own search (profile, web identity, the machine's role).
/// </summary>
public sealed class S3Stores(Func<string, string?> variable) : IExternalStores, IDisposable
{
    /// <summary>Timeout of one try of a request: an object is a document, not an archive.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Number of retries of the SDK, which waits between them, longer each time.</summary>
    private const int Retries = 3;

    private readonly ConcurrentDictionary<(Uri?, string?), S3Clients> clients = [];
    private readonly ConcurrentDictionary<string, ConditionalWrites> writes = [];

    /// <inheritdoc/>
    public IExternalStore Open(ExternalStoreEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return new S3Bucket(
            new Lazy<S3Clients>(() => Clients(entry)),
            entry.Bucket,
            writes.GetOrAdd(entry.Place, _ => new ConditionalWrites(entry.Bucket))
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var both in clients.Values)
            both.Dispose();
    }

    // Created at the first use: the SDK fails where no region is known, and not every process that reads the map writes.
    private S3Clients Clients(ExternalStoreEntry entry) =>
        clients.GetOrAdd(
            (entry.Endpoint, entry.Region),
            _ => new S3Clients(Make(entry, Retries), Make(entry, retries: 0))
        );

    private AmazonS3Client Make(ExternalStoreEntry entry, int retries)
    {
        var config = new AmazonS3Config
        {
            Timeout = Timeout,
            MaxErrorRetry = retries,
            IgnoreConfiguredEndpointUrls = true, // only the map says where a store is, and the map is what processes compare
        };
        var region = entry.Region ?? variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION");
        if (entry.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
            config.ForcePathStyle = true; // a self-hosted server has no host name for each bucket
            config.AuthenticationRegion = region ?? "us-east-1";
            // S3 introduced these checksums later, and not every server that speaks its protocol knows them.
            config.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
            config.ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED;
        }
        else if (region is not null)
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);

        return Credentials() is { } own ? new AmazonS3Client(own, config) : new AmazonS3Client(config);
    }

    private AWSCredentials? Credentials() =>
        (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) is not ({ } id, { } secret) ? null
        : variable("AWS_SESSION_TOKEN") is { } token ? new SessionAWSCredentials(id, secret, token)
        : new BasicAWSCredentials(id, secret);
}
