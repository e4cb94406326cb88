using Amazon.S3.Model;
using RotationMesh.Core.External;

namespace RotationMesh.ExternalStore;

/// <summary>Reads the objects of one bucket, each a JSON document whose field <c>encrypted</c> holds an envelope.</summary>
internal sealed class S3Bucket(Lazy<S3Clients> clients, string bucket, ConditionalWrites writes)
    : IExternalStore
{
    /// <summary>
    /// Largest object that is read, in bytes: several objects are in memory at a time, each in several copies.
    /// </summary>
    private const long MaxBytes = 64 << 20;

    /// <inheritdoc/>
    public Task<IExternalValue> ReadAsync(string name, CancellationToken cancellationToken) =>
        S3Faults.TranslateAsync(
            async () =>
            {
                using var answer = await clients.Value.Asking.GetObjectAsync(
                    new GetObjectRequest { BucketName = bucket, Key = name },
                    cancellationToken
                );
                if (answer.ContentLength > MaxBytes)
                    throw new ExternalStoreException(
                        ExternalFault.Refused,
                        $"an object is larger than {MaxBytes >> 20} MiB"
                    );
                using var bytes = new MemoryStream((int)answer.ContentLength);
                await answer.ResponseStream.CopyToAsync(bytes, cancellationToken);
                var document =
                    EncryptedDocument.Read(bytes.ToArray())
                    ?? throw new ExternalStoreException(
                        ExternalFault.Malformed,
                        "an object is not a JSON document with one field 'encrypted' that holds text"
                    );
                var traits = new ObjectTraits(answer.ETag ?? "", answer);
                return (IExternalValue)new S3Value(clients.Value, bucket, name, document, traits, writes);
            },
            cancellationToken
        );
}
