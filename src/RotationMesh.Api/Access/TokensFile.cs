using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using RotationMesh.Core;
using RotationMesh.Operations.Http;

namespace RotationMesh.Api.Access;

/// <summary>
/// The tokens that a coordinator accepts. The file is read again whenever its content has changed; while it can't be read or
/// understood, the tokens before that stay valid, and the log says so.
/// </summary>
internal sealed class TokensFile
{
    private const int LargestFile = 1 << 20;

    /// <summary>Longest time until a change of the file is seen.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly string path;
    private readonly TimeProvider clock;
    private readonly Lock reading = new();
    private byte[] content;
    private long readAt;
    private volatile List<ApiToken> tokens;

    /// <summary>Reads the file. Throws <see cref="UsageException"/> where that can't be done, with file and line.</summary>
    public TokensFile(string path, TimeProvider clock)
    {
        this.path = path;
        this.clock = clock;
        content = Load(path);
        tokens = Parse(content, path);
        readAt = clock.GetTimestamp();
    }

    /// <summary>
    /// The entry of a token; null where there is none. Every entry is compared, each in constant time, so that nothing can
    /// be learned from how long it takes.
    /// </summary>
    public ApiToken? Find(string token, ILogger log)
    {
        Refresh(log);
        if (token.Length > BearerToken.MaxLength)
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

    private void Refresh(ILogger log)
    {
        lock (reading)
        {
            if (clock.GetElapsedTime(readAt) < Interval)
                return;
            readAt = clock.GetTimestamp();
            try
            {
                var now = Load(path);
                if (now.AsSpan().SequenceEqual(content))
                    return;
                content = now;
                tokens = Parse(now, path);
                ApiLog.TokensRead(log, tokens.Count);
            }
            catch (UsageException fault)
            {
                ApiLog.TokensNotRead(log, fault.Message);
            }
        }
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

    private static List<ApiToken> Parse(byte[] content, string path)
    {
        using var lines = new StreamReader(new MemoryStream(content));
        var tokens = new List<ApiToken>();
        for (var number = 1; lines.ReadLine() is { } line; number++)
        {
            if (TokenLine.Read(line, path, number) is not { } token)
                continue;
            if (tokens.Any(other => other.Hash.AsSpan().SequenceEqual(token.Hash)))
                throw new UsageException($"{path}:{number}: the hash is there already, in a line before");
            tokens.Add(token);
        }

        return tokens.Count > 0
            ? tokens
            : throw new UsageException(
                $"the tokens file {path} has no token: make one with rotationmesh token generate"
            );
    }
}
