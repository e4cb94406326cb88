using System.Text.Json;

namespace RotationMesh.Client;

/// <summary>Turns failures of the network into one clear sentence.</summary>
internal static class Transport
{
    /// <summary>Why a server counts as not there that took the connection.</summary>
    public const string NotInTime = "it does not answer in time";

    /// <summary>Runs <paramref name="step"/>. Throws <see cref="CoordinatorUnreachableException"/> where the network fails.</summary>
    public static async Task<T> GuardAsync<T>(
        Uri server,
        Func<Task<T>> step,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await step();
        }
        catch (HttpRequestException fault)
        {
            throw Unreachable(server, Reason(fault.HttpRequestError), fault);
        }
        catch (Exception fault) when (fault is TimeoutException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Unreachable(server, NotInTime, fault);
        }
        catch (JsonException fault)
        {
            throw Foreign(server, fault);
        }
        catch (IOException fault)
        {
            throw Unreachable(server, "the connection was cut", fault);
        }
    }

    /// <summary>The exception of a server that is no coordinator.</summary>
    public static InvalidOperationException Foreign(Uri server, Exception? inner = null) =>
        new($"{Name(server)} answered with something else than a coordinator does", inner);

    /// <summary>The exception of a coordinator that is not there.</summary>
    public static CoordinatorUnreachableException Unreachable(
        Uri server,
        string reason,
        Exception? inner = null
    ) => new($"the coordinator at {Name(server)} can't be reached: {reason}", inner);

    private static string Name(Uri server) => server.GetLeftPart(UriPartial.Authority);

    private static string Reason(HttpRequestError error) =>
        error switch
        {
            HttpRequestError.NameResolutionError => "there is no such host",
            HttpRequestError.ConnectionError => "nobody listens there",
            HttpRequestError.SecureConnectionError =>
                "no secure connection; is its certificate trusted here, and the address right (http or https)?",
            HttpRequestError.ResponseEnded => "the connection was cut",
            _ => "the connection failed",
        };
}
