using Amazon.S3;
using Amazon.S3.Model;
using RotationMesh.Core.External;

namespace RotationMesh.ExternalStore;

/// <summary>An object as it was read; it is replaced only while it still has the ETag that it was read with.</summary>
internal sealed class S3Value(
    IAmazonS3 client,
    string bucket,
    string name,
    EncryptedDocument document,
    ObjectTraits traits
) : IExternalValue
{
    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Envelope => document.Envelope;

    /// <inheritdoc/>
    public Task<bool> TryReplaceAsync(ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken) =>
        S3Faults.TranslateAsync(
            async () =>
            {
                var etag = traits.ETag.Trim('"');
                if (etag.Length == 0)
                    throw new ExternalStoreException(
                        ExternalFault.Refused,
                        "the server gives objects no ETag, so none can be rewritten safely"
                    );
                // Ceph compares with the bare tag, others want it in quotes as in the answer, Amazon takes both. A server
                // that is asked in the wrong way refuses, and the object is as it was.
                var content = document.With(envelope.Span);
                return await TryPutAsync(content, etag, cancellationToken)
                    || (
                        await IsUnchangedAsync(etag, cancellationToken)
                        && await TryPutAsync(content, $"\"{etag}\"", cancellationToken)
                    );
            },
            cancellationToken
        );

    private async Task<bool> TryPutAsync(byte[] content, string etag, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(content, writable: false);
        var put = new PutObjectRequest
        {
            BucketName = bucket,
            Key = name,
            InputStream = stream,
            IfMatch = etag,
        };
        traits.ApplyTo(put);
        try
        {
            await client.PutObjectAsync(put, cancellationToken);
            return true;
        }
        catch (AmazonS3Exception fault) when (S3Faults.HasChanged(fault))
        {
            return false;
        }
    }

    private async Task<bool> IsUnchangedAsync(string etag, CancellationToken cancellationToken)
    {
        try
        {
            var now = await client.GetObjectMetadataAsync(bucket, name, cancellationToken);
            return now.ETag?.Trim('"') == etag;
        }
        catch (AmazonS3Exception fault) when (S3Faults.IsMissing(fault))
        {
            return false;
        }
    }
}
