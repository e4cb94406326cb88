using Amazon.S3.Model;

namespace RotationMesh.ExternalStore;

/// <summary>
/// What an object has besides its bytes. A new version of an object has only what the request sets, so a rewrite sets
/// everything again: headers, metadata, tags, storage class, encryption at rest, object lock. Only an access control list
/// of the object's own is not kept, because a read does not return it.
/// </summary>
internal sealed record ObjectTraits(string ETag, GetObjectResponse Headers)
{
    /// <summary>Sets them on the object's next version, with its tags, which are not among its headers.</summary>
    public void ApplyTo(PutObjectRequest put, List<Tag> tags)
    {
        var from = Headers.Headers;
        put.Headers.ContentType = from.ContentType;
        put.Headers.ContentEncoding = from.ContentEncoding;
        put.Headers.ContentDisposition = from.ContentDisposition;
        put.Headers.CacheControl = from.CacheControl;
        if (from["Content-Language"] is { Length: > 0 } language)
            put.Headers["Content-Language"] = language;
        if (Headers.ExpiresString is { Length: > 0 } expires)
            put.Headers["Expires"] = expires;
        foreach (var name in Headers.Metadata.Keys)
            put.Metadata[name] = Headers.Metadata[name];
        if (Headers.StorageClass is { } storageClass)
            put.StorageClass = storageClass;
        if (Headers.WebsiteRedirectLocation is { Length: > 0 } redirect)
            put.WebsiteRedirectLocation = redirect;
        if (Headers.ServerSideEncryptionMethod is { } method)
        {
            put.ServerSideEncryptionMethod = method;
            put.ServerSideEncryptionKeyManagementServiceKeyId =
                Headers.ServerSideEncryptionKeyManagementServiceKeyId;
        }

        put.ObjectLockMode = Headers.ObjectLockMode;
        put.ObjectLockRetainUntilDate = Headers.ObjectLockRetainUntilDate;
        put.ObjectLockLegalHoldStatus = Headers.ObjectLockLegalHoldStatus;
        put.TagSet = tags;
    }
}
