using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace RotationMesh.Api.Limits;

/// <summary>
/// Streams that are open at the same time: each looks at the control database several times a second for as long as its
/// reader likes.
/// </summary>
internal sealed class StreamSeats
{
    /// <summary>Streams of one token: a wall of terminals, and not a leak.</summary>
    public const int OfOne = 16;

    /// <summary>Streams of all callers: their looks leave most of a pool of 100 connections to the saga.</summary>
    public const int OfAll = 64;

    private readonly Lock counting = new();
    private readonly Dictionary<string, int> taken = [];
    private int all;

    /// <summary>
    /// Takes a seat until the request has ended. Throws <see cref="BusyException"/> where there is none. Without tokens
    /// nobody can be told from another.
    /// </summary>
    public void Take(HttpContext context)
    {
        var name = context.User.FindFirstValue(ClaimTypes.Name);
        lock (counting)
        {
            var own = name is null ? 0 : taken.GetValueOrDefault(name);
            if (own >= OfOne)
                throw new BusyException($"the token has {OfOne} streams open: close one");
            if (all >= OfAll)
                throw new BusyException($"{OfAll} streams are open");
            all++;
            if (name is not null)
                taken[name] = own + 1;
        }

        context.Response.RegisterForDispose(new Seat(() => Leave(name)));
    }

    private void Leave(string? name)
    {
        lock (counting)
        {
            all--;
            if (name is not null && --taken[name] == 0)
                taken.Remove(name);
        }
    }

    private sealed class Seat(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}
