using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using RotationMesh.Core.External;

namespace RotationMesh.ExternalStore;

/// <summary>
/// Tags of an object, which a rewrite has to give it again. They are asked for at each one: their number comes with an object
/// only where the role may read them, so that none that is told is not the same as none.
/// </summary>
internal static class ObjectTags
{
    /// <summary>
    /// Throws <see cref="ExternalStoreException"/> where the role may not read them; a server that has no tags has none.
    /// </summary>
    public static async Task<List<Tag>> OfAsync(
        IAmazonS3 client,
        string bucket,
        string name,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var answer = await client.GetObjectTaggingAsync(
                new GetObjectTaggingRequest { BucketName = bucket, Key = name },
                cancellationToken
            );
            return answer.Tagging ?? [];
        }
        catch (AmazonS3Exception fault) when (fault.StatusCode == HttpStatusCode.Forbidden)
        {
            throw new ExternalStoreException(
                ExternalFault.Refused,
                "the tags of an object may not be read (s3:GetObjectTagging), and a rewrite would lose them",
                fault
            );
        }
        catch (AmazonS3Exception fault)
            when (fault.StatusCode == HttpStatusCode.NotImplemented
                || fault.ErrorCode is "NotImplemented" or "NoSuchTagSet"
            )
        {
            return [];
        }
    }
}
