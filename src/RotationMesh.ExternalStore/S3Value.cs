using Amazon.S3;
using Amazon.S3.Model;
using RotationMesh.Core.External;

namespace RotationMesh.ExternalStore;

/// <summary>An object as it was read. It is replaced only while it still has the ETag that it had then.</summary>
internal sealed class S3Value(
    S3Clients clients,
    string bucket,
    string name,
    EncryptedDocument document,
    ObjectTraits traits,
    ConditionalWrites writes
) : IExternalValue
{
    /// <summary>Number of retries of a write.</summary>
    private const int Retries = 3;

    /// <summary>Longest wait before the first retry; each further one may wait twice as long.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

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
                if (await TryPutAsync(content, tags, etag, beforeWriting, cancellationToken))
                    return true;
                if (!await IsUnchangedAsync(etag, cancellationToken))
                    return false;
                return await TryPutAsync(content, tags, $"\"{etag}\"", beforeWriting, cancellationToken);
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
            var tags = await ObjectTags.OfAsync(clients.Asking, bucket, name, cancellationToken);
            await writes.EnsureAsync(clients.Asking, name, () => Put(document.Whole.ToArray(), tags));
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

    // A write whose answer was lost may have been made: then its retry finds another ETag.
    private async Task<bool> TryPutAsync(
        byte[] content,
        List<Tag> tags,
        string etag,
        Action beforeWriting,
        CancellationToken cancellationToken
    )
    {
        for (var retry = 0; ; retry++)
        {
            var put = Put(content, tags);
            put.IfMatch = etag;
            beforeWriting();
            try
            {
                await clients.Writing.PutObjectAsync(put, cancellationToken);
                return true;
            }
            catch (AmazonS3Exception fault) when (S3Faults.HasChanged(fault))
            {
                return false;
            }
            catch (Exception fault) when (retry < Retries && S3Faults.IsPassing(fault, cancellationToken))
            {
                await Task.Delay(Wait * (Math.Pow(2, retry) * Random.Shared.NextDouble()), cancellationToken);
            }
        }
    }

    private async Task<bool> IsUnchangedAsync(string etag, CancellationToken cancellationToken)
    {
        try
        {
            var now = await clients.Asking.GetObjectMetadataAsync(bucket, name, cancellationToken);
            return now.ETag?.Trim('"') == etag;
        }
        catch (AmazonS3Exception fault) when (S3Faults.IsMissing(fault))
        {
            return false;
        }
    }
}
