using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using RotationMesh.Core;
using RotationMesh.Operations.Http;

namespace RotationMesh.Api.Access;

/// <summary>
/// The tokens that a coordinator accepts. The file is read again when it has changed, and each second: a token that was
/// taken out of it gets nobody in, whatever else is in the file. A line that is not understood drops itself, and the log
/// says so. While the file can't be read, the tokens before that stay valid for a minute.
/// </summary>
internal sealed class TokensFile
{
    private const int LargestFile = 1 << 20;

    /// <summary>Longest time until a change is seen that leaves size and time of the file as they were.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Longest time that tokens stay valid which nothing confirms: a file that is replaced is away for less.</summary>
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
    /// Reads the file. Throws <see cref="UsageException"/> with file and line where that can't be done, or where not every
    /// line is understood: somebody is there to mend it.
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
    /// The entry of a token; null where there is none. Every entry is compared, each in constant time, so that nothing can
    /// be learned from how long it takes.
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

    /// <summary>Why nobody gets in: the file has not been readable for longer than <see cref="StaleLimit"/>; null where it is.</summary>
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

    // What is not there has a time and a length as well.
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
