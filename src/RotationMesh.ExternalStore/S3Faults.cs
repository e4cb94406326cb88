using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using RotationMesh.Core.External;

namespace RotationMesh.ExternalStore;

/// <summary>
/// Translates the SDK's exceptions by status and code. Their messages are not used, because they may name objects and
/// keys.
/// </summary>
internal static class S3Faults
{
    /// <summary>
    /// Runs requests. Throws <see cref="ExternalStoreException"/> for faults of the store and of the connection.
    /// </summary>
    public static async Task<T> TranslateAsync<T>(Func<Task<T>> requests, CancellationToken cancellationToken)
    {
        try
        {
            return await requests();
        }
        catch (AmazonS3Exception fault) when (IsMissing(fault))
        {
            throw new ExternalStoreException(ExternalFault.Missing, "there is no such object", fault);
        }
        catch (AmazonServiceException fault)
        {
            throw new ExternalStoreException(
                IsPassing(fault, cancellationToken) ? ExternalFault.Unavailable : ExternalFault.Refused,
                $"the store answered with status {(int)fault.StatusCode} ({fault.ErrorCode})",
                fault
            );
        }
        catch (Exception fault) when (IsPassing(fault, cancellationToken))
        {
            throw new ExternalStoreException(
                ExternalFault.Unavailable,
                $"the store does not answer ({fault.GetType().Name})",
                fault
            );
        }
    }

    /// <summary>Whether the object is missing; a missing bucket does not count.</summary>
    public static bool IsMissing(AmazonS3Exception fault) =>
        fault.StatusCode == HttpStatusCode.NotFound && fault.ErrorCode != "NoSuchBucket";

    /// <summary>
    /// Whether a conditional write failed because the object has changed, is missing, or is being written at this moment.
    /// </summary>
    public static bool HasChanged(AmazonS3Exception fault) =>
        fault.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict || IsMissing(fault);

    /// <summary>Whether a later try may succeed.</summary>
    public static bool IsPassing(Exception fault, CancellationToken cancellationToken) =>
        fault switch
        {
            AmazonServiceException answer => (int)answer.StatusCode is 0 or 408 or 429 or >= 500,
            AmazonClientException or HttpRequestException or IOException => true,
            OperationCanceledException => !cancellationToken.IsCancellationRequested,
            _ => false,
        };
}
