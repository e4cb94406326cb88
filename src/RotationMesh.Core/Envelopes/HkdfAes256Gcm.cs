using System.Security.Cryptography;
using System.Text;
using RotationMesh.Core.Keys;

namespace RotationMesh.Core.Envelopes;

/// <summary>
/// The envelope format <c>hkdf-aes-256-gcm</c>: HKDF-SHA256 (RFC 5869), with the master key's UTF-8 bytes as input key
/// material, derives a key for each tenant and context; <see cref="EnvelopeCipher"/> encrypts under it.
/// </summary>
public sealed class HkdfAes256Gcm : IDisposable
{
    /// <summary>The map's name of this format.</summary>
    public const string Kind = "hkdf-aes-256-gcm";

    private const int KeyBytes = 32;

    private readonly byte[] salt;
    private readonly InfoTemplate info;
    private readonly Dictionary<string, KeyExpansion> expansions = [];
    private readonly Lock guard = new();

    /// <summary>
    /// <paramref name="salt"/> is used as UTF-8 bytes; <paramref name="info"/> is a template with <c>{tenant}</c> and
    /// <c>{context}</c>.
    /// </summary>
    public HkdfAes256Gcm(string salt, string info)
    {
        this.salt = Encoding.UTF8.GetBytes(salt);
        this.info = new InfoTemplate(info);
    }

    /// <summary>
    /// Derives the key of a tenant and context into a cipher that the caller disposes. Throws
    /// <see cref="ArgumentException"/> for an empty tenant or context: the application refuses them.
    /// </summary>
    public EnvelopeCipher CreateCipher(MasterKey masterKey, string tenant, string context)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        try
        {
            DeriveKey(masterKey, tenant, context, key);
            return new EnvelopeCipher(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>
    /// Derives the key of a tenant and context, and gives it to <paramref name="trial"/>. Throws as
    /// <see cref="CreateCipher"/> does.
    /// </summary>
    public void Take(EnvelopeTrial trial, MasterKey masterKey, string tenant, string context)
    {
        ArgumentNullException.ThrowIfNull(trial);
        Span<byte> key = stackalloc byte[KeyBytes];
        try
        {
            DeriveKey(masterKey, tenant, context, key);
            trial.Take(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Overwrites and frees what was derived from the master keys.</summary>
    public void Dispose()
    {
        lock (guard)
        {
            foreach (var expansion in expansions.Values)
                expansion.Dispose();
            expansions.Clear();
        }
    }

    internal void DeriveKey(MasterKey masterKey, string tenant, string context, Span<byte> key)
    {
        ArgumentNullException.ThrowIfNull(masterKey);
        ArgumentException.ThrowIfNullOrEmpty(tenant);
        ArgumentException.ThrowIfNullOrEmpty(context);
        Expansion(masterKey).Expand(info, tenant, context, key);
        // A key zeroed meanwhile could have made it, and anybody has a key of zeros.
        ObjectDisposedException.ThrowIf(masterKey.IsDisposed, masterKey);
    }

    // HKDF-Extract depends on salt and master key alone. Without this cache, a rotation would repeat it for each of
    // thousands of tenants. Two key rings may have different keys of one version, so a key goes by its fingerprint.
    private KeyExpansion Expansion(MasterKey masterKey)
    {
        lock (guard)
        {
            if (expansions.TryGetValue(masterKey.Fingerprint, out var expansion))
                return expansion;
            ObjectDisposedException.ThrowIf(masterKey.IsDisposed, masterKey);
            expansion = new KeyExpansion(masterKey.Bytes, salt);
            expansions.Add(masterKey.Fingerprint, expansion);
            return expansion;
        }
    }
}
