using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace RotationMesh.Api.Limits;

/// <summary>
/// Limits concurrent small queries to the control database: whatever callers do, most of its connections stay available to
/// the saga and the ledger.
/// </summary>
internal sealed class LookupQueue : IDisposable
{
    /// <summary>Most queries at once; each takes one connection of a pool of 40, for milliseconds.</summary>
    private const int AtOnce = 16;

    /// <summary>Most queries that wait: some seconds of work.</summary>
    private const int Waiting = 256;

    private readonly ConcurrencyLimiter limiter = new(
        new ConcurrencyLimiterOptions { PermitLimit = AtOnce, QueueLimit = Waiting }
    );

    public async ValueTask<object?> InvokeAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        using var lease = await limiter.AcquireAsync(1, context.HttpContext.RequestAborted);
        return lease.IsAcquired
            ? await next(context)
            : throw new BusyException($"{Waiting} questions wait already");
    }

    public void Dispose() => limiter.Dispose();
}
