using Amazon.S3;
using Amazon.S3.Model;
using RotationMesh.Core.External;

namespace RotationMesh.ExternalStore;

/// <summary>An object as it was read. It is replaced only while it still has the ETag that it had then.</summary>
internal sealed class S3Value(
    IAmazonS3 client,
    string bucket,
    string name,
    EncryptedDocument document,
    ObjectTraits traits,
    ConditionalWrites writes
) : IExternalValue
{
    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Envelope => document.Envelope;

    /// <inheritdoc/>
    public Task<bool> TryReplaceAsync(
        ReadOnlyMemory<byte> envelope,
        Action beforeWriting,
        CancellationToken cancellationToken
    ) =>
        S3Faults.TranslateAsync(
            async () =>
            {
                if (await MayReplaceAsync(cancellationToken) is not { } tags)
                    return false;
                var etag = traits.ETag.Trim('"');
                // Ceph compares with the bare tag, others require it in quotes as in the answer, Amazon takes both. A
                // server that gets the wrong form refuses, and the object stays as it was.
                var content = document.With(envelope.Span);
                beforeWriting();
                if (await TryPutAsync(content, tags, etag, cancellationToken))
                    return true;
                if (!await IsUnchangedAsync(etag, cancellationToken))
                    return false;
                beforeWriting();
                return await TryPutAsync(content, tags, $"\"{etag}\"", cancellationToken);
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public Task EnsureReplaceableAsync(CancellationToken cancellationToken) =>
        S3Faults.TranslateAsync(() => MayReplaceAsync(cancellationToken), cancellationToken);

    // Returns the tags of the object; null where it is gone. Throws where a rewrite could lose something.
    private async Task<List<Tag>?> MayReplaceAsync(CancellationToken cancellationToken)
    {
        if (traits.ETag.Trim('"').Length == 0)
            throw new ExternalStoreException(
                ExternalFault.Refused,
                "the server gives objects no ETag, so none can be rewritten safely"
            );
        try
        {
            var tags = await ObjectTags.OfAsync(client, bucket, name, cancellationToken);
            await writes.EnsureAsync(client, name, () => Put(document.Whole.ToArray(), tags));
            return tags;
        }
        catch (AmazonS3Exception fault) when (S3Faults.IsMissing(fault))
        {
            return null;
        }
    }

    private PutObjectRequest Put(byte[] content, List<Tag> tags)
    {
        var put = new PutObjectRequest
        {
            BucketName = bucket,
            Key = name,
            InputStream = new MemoryStream(content, writable: false),
        };
        traits.ApplyTo(put, tags);
        return put;
    }

    private async Task<bool> TryPutAsync(
        byte[] content,
        List<Tag> tags,
        string etag,
        CancellationToken cancellationToken
    )
    {
        var put = Put(content, tags);
        put.IfMatch = etag;
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
