using Amazon.S3;

namespace RotationMesh.ExternalStore;

/// <summary>
/// Two clients of one server, because the SDK sets the number of its retries for a whole client. It knows no write deadline,
/// so it repeats what is asked, and never what replaces a value.
/// </summary>
/// <param name="Asking">For requests that change no value.</param>
/// <param name="Writing">For requests that replace a value: it sends each of them once.</param>
internal sealed record S3Clients(IAmazonS3 Asking, IAmazonS3 Writing) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Asking.Dispose();
        Writing.Dispose();
    }
}
