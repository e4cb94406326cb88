using System.Text.Json;

namespace RotationMesh.Client;

/// <summary>Turns failures of the network into one clear sentence.</summary>
internal static class Transport
{
    /// <summary>The reason for a server that accepts the connection and then does not answer.</summary>
    public const string NotInTime = "it does not answer in time";

    /// <summary>
    /// Runs <paramref name="step"/>. Throws <see cref="CoordinatorUnreachableException"/> where the network fails, and
    /// <see cref="InvalidOperationException"/> where the answer is not valid JSON.
    /// </summary>
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

    /// <summary>Returns the exception for a server that is not a coordinator.</summary>
    public static InvalidOperationException Foreign(Uri server, Exception? inner = null) =>
        new($"{Name(server)} answered with something else than a coordinator does", inner);

    /// <summary>Returns the exception for a coordinator that does not answer.</summary>
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
