using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace RotationMesh.Api.Limits;

/// <summary>
/// Limits the number of open streams: each queries the control database several times a second, for as long as its reader
/// stays.
/// </summary>
internal sealed class StreamSeats
{
    /// <summary>Most streams of one token: enough for a wall of terminals, too few for a client that leaks them.</summary>
    public const int OfOne = 16;

    /// <summary>Most streams of all callers: their short queries leave most of the pool's connections to the saga.</summary>
    public const int OfAll = 64;

    private readonly Lock counting = new();
    private readonly Dictionary<string, int> taken = [];
    private int all;

    /// <summary>
    /// Takes a seat until the request has ended. Throws <see cref="BusyException"/> where none is free. Without tokens,
    /// callers can't be told apart, and only the total is limited.
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
