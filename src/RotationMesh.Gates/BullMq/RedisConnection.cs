using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Map.Gates;
using StackExchange.Redis;

namespace RotationMesh.Gates.BullMq;

/// <summary>
/// One connection to Redis. The first request opens it, and the driver reconnects by itself. Errors contain no secrets.
/// </summary>
internal sealed class RedisConnection(BullMqEntry entry) : IAsyncDisposable
{
    // A check every two seconds and this timeout together stay below the five seconds in which a lost gate must be noticed.
    private const int AnswerMilliseconds = 2_000;

    private readonly SemaphoreSlim opening = new(1);
    private ConnectionMultiplexer? connection;

    /// <summary>Runs a script on a queue's keys. Throws <see cref="GateUnreadableException"/>.</summary>
    public async Task<RedisResult> EvaluateAsync(
        string script,
        QueueKeys keys,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var redis = await OpenAsync(cancellationToken);
            return await redis
                .GetDatabase()
                .ScriptEvaluateAsync(script, keys.All, [keys.Base])
                .WaitAsync(cancellationToken);
        }
        catch (Exception e) when (Reason(e) is { } reason)
        {
            throw new GateUnreadableException(reason, e) { IsRefusal = e is RedisServerException };
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
            await connection.DisposeAsync();
        opening.Dispose();
    }

    private async Task<ConnectionMultiplexer> OpenAsync(CancellationToken cancellationToken)
    {
        if (connection is { } open)
            return open;
        await opening.WaitAsync(cancellationToken);
        try
        {
            return connection ??= await ConnectionMultiplexer.ConnectAsync(Options(entry));
        }
        finally
        {
            opening.Release();
        }
    }

    private static ConfigurationOptions Options(BullMqEntry entry)
    {
        var address = entry.Redis.Value;
        var options = new ConfigurationOptions
        {
            User = address.User,
            Password = address.Password,
            DefaultDatabase = address.Database,
            Ssl = address.Tls,
            ClientName = "rotationmesh",
            ConnectTimeout = AnswerMilliseconds,
            AsyncTimeout = AnswerMilliseconds,
            ConnectRetry = 1,
            // A command that can't be sent now fails now: the gate can't be read, and the next check tries again.
            BacklogPolicy = BacklogPolicy.FailFast,
            TieBreaker = "",
            ConfigurationChannel = "",
        };
        foreach (var (host, port) in address.Nodes)
            options.EndPoints.Add(
                IPAddress.TryParse(host, out var ip) ? new IPEndPoint(ip, port) : new DnsEndPoint(host, port)
            );
        if (address.Tls)
        {
            options.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
            if (entry.CaFile is { } authority)
                options.TrustIssuer(authority);
        }

        return options;
    }

    // The driver's own messages are long and contain names of hosts; only the kind of failure matters.
    private static string? Reason(Exception e) =>
        e switch
        {
            RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } =>
                "Redis refuses the user or the password, or its certificate is not trusted",
            RedisConnectionException failure => $"Redis cannot be reached ({failure.FailureType})",
            RedisTimeoutException or TimeoutException =>
                $"Redis did not answer within {AnswerMilliseconds / 1000} s",
            // Before Redis 7, READONLY comes after the error of the script itself.
            RedisServerException failure
                when failure.Message.Contains("READONLY", StringComparison.Ordinal) =>
                "Redis refuses to write (READONLY): it is a replica, and the map must name the primary",
            RedisServerException failure => $"Redis refuses the look ({failure.Message.Split(' ')[0]})",
            RedisCommandException =>
                "Redis cannot run the look: in a cluster the prefix needs a hash tag, as in {bull}",
            IOException or UnauthorizedAccessException or CryptographicException =>
                "the certificate in caFile cannot be read",
            _ => null,
        };
}
