using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using RotationMesh.Api.Logging;
using RotationMesh.Core;
using RotationMesh.Operations.Http;

namespace RotationMesh.Api.Access;

/// <summary>
/// The tokens that a coordinator accepts. A request reads the file again if it has changed, or if the last reading is a
/// second old: so a removed token is invalid at once, whatever else the file holds. An invalid line is skipped and logged.
/// While the file can't be read, the last known tokens stay valid for a minute.
/// </summary>
internal sealed class TokensFile
{
    private const int LargestFile = 1 << 20;

    /// <summary>Longest time until a change is noticed that leaves the file's size and time as they were.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Longest time that tokens stay valid while the file can't be read: a replacement takes less.</summary>
    public static readonly TimeSpan StaleLimit = TimeSpan.FromMinutes(1);

    private readonly string path;
    private readonly TimeProvider clock;
    private readonly Lock reading = new();
    private byte[] content;
    private (DateTime, long) stamp;
    private long triedAt;
    private long readAt;
    private string? fault;
    private volatile List<ApiToken> tokens;

    /// <summary>
    /// Reads the file. Throws <see cref="UsageException"/> with the file where it can't be read or has no token, and with
    /// file and line for the first invalid line: at the start, an operator is there to mend it.
    /// </summary>
    public TokensFile(string path, TimeProvider clock)
    {
        this.path = path;
        this.clock = clock;
        stamp = StampOf(path);
        content = Load(path);
        tokens = Parse(content, path, refused => throw refused);
        if (tokens.Count == 0)
            throw new UsageException(
                $"the tokens file {path} has no token: make one with rotationmesh token generate"
            );
        triedAt = readAt = clock.GetTimestamp();
    }

    /// <summary>
    /// Returns the entry of a token; null where there is none. It compares every entry, each in constant time, so that the
    /// duration reveals nothing.
    /// </summary>
    public ApiToken? Find(string token, ILogger log)
    {
        if (FindFault(log) is not null || token.Length > BearerToken.MaxLength)
            return null;
        var hash = BearerToken.HashOf(token);
        ApiToken? found = null;
        foreach (var entry in tokens)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, entry.Hash))
                found = entry;
        }

        return found;
    }

    /// <summary>
    /// Returns why no caller is admitted: the file has been unreadable for longer than <see cref="StaleLimit"/>; null
    /// otherwise.
    /// </summary>
    public string? FindFault(ILogger log)
    {
        lock (reading)
        {
            Refresh(log);
            return fault is not null && clock.GetElapsedTime(readAt) > StaleLimit ? fault : null;
        }
    }

    private void Refresh(ILogger log)
    {
        var now = StampOf(path);
        if (now == stamp && clock.GetElapsedTime(triedAt) < Interval)
            return;
        (stamp, triedAt) = (now, clock.GetTimestamp());
        try
        {
            var read = Load(path);
            (readAt, fault) = (clock.GetTimestamp(), null);
            if (read.AsSpan().SequenceEqual(content))
                return;
            content = read;
            tokens = Parse(read, path, refused => ApiLog.TokenLineDropped(log, refused.Message));
            ApiLog.TokensRead(log, tokens.Count);
        }
        catch (UsageException refused)
        {
            fault = refused.Message;
            ApiLog.TokensNotRead(log, fault, StaleLimit);
        }
    }

    // A missing file has a stamp as well: the default.
    private static (DateTime, long) StampOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }

    private static byte[] Load(string path)
    {
        try
        {
            return new FileInfo(path).Length <= LargestFile
                ? File.ReadAllBytes(path)
                : throw new UsageException($"the tokens file {path} is larger than {LargestFile} bytes");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the tokens file {path} can't be read", fault);
        }
    }

    private static List<ApiToken> Parse(byte[] content, string path, Action<UsageException> refuse)
    {
        using var lines = new StreamReader(new MemoryStream(content));
        var tokens = new List<ApiToken>();
        for (var number = 1; lines.ReadLine() is { } line; number++)
        {
            try
            {
                if (TokenLine.Read(line, path, number) is not { } token)
                    continue;
                if (tokens.Any(other => other.Hash.AsSpan().SequenceEqual(token.Hash)))
                    throw new UsageException($"{path}:{number}: the hash is there already, in a line before");
                tokens.Add(token);
            }
            catch (UsageException refused)
            {
                refuse(refused);
            }
        }

        return tokens;
    }
}
