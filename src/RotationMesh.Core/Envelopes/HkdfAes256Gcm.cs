using System.Security.Cryptography;
using System.Text;
using RotationMesh.Core.Keys;

namespace RotationMesh.Core.Envelopes;

/// <summary>
/// The envelope format <c>hkdf-aes-256-gcm</c>: a key for each tenant and context from HKDF-SHA256 (RFC 5869) with the
/// master key's UTF-8 bytes as input key material, and <see cref="EnvelopeCipher"/> under it.
/// </summary>
public sealed class HkdfAes256Gcm : IDisposable
{
    /// <summary>The map's name of this format.</summary>
    public const string Kind = "hkdf-aes-256-gcm";

    private const int KeyBytes = 32;
    private const string TenantField = "{tenant}";
    private const string ContextField = "{context}";

    private readonly byte[] salt;
    private readonly string info;
    private readonly Dictionary<int, byte[]> extracted = [];
    private readonly Lock guard = new();

    /// <summary>
    /// <paramref name="salt"/> is used as UTF-8 bytes; <paramref name="info"/> is a template with <c>{tenant}</c> and
    /// <c>{context}</c>.
    /// </summary>
    public HkdfAes256Gcm(string salt, string info)
    {
        this.salt = Encoding.UTF8.GetBytes(salt);
        this.info = info;
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

    /// <summary>Zeroes what was derived from master keys alone.</summary>
    public void Dispose()
    {
        lock (guard)
        {
            foreach (var pseudorandomKey in extracted.Values)
                CryptographicOperations.ZeroMemory(pseudorandomKey);
            extracted.Clear();
        }
    }

    internal void DeriveKey(MasterKey masterKey, string tenant, string context, Span<byte> key)
    {
        ArgumentNullException.ThrowIfNull(masterKey);
        ArgumentException.ThrowIfNullOrEmpty(tenant);
        ArgumentException.ThrowIfNullOrEmpty(context);
        var bound = Encoding.UTF8.GetBytes(Info(tenant, context));
        HKDF.Expand(HashAlgorithmName.SHA256, Extract(masterKey), key, bound);
    }

    // One pass over the template: a tenant that contains the text "{context}" is not expanded again.
    private string Info(string tenant, string context)
    {
        var text = new StringBuilder(info.Length + tenant.Length + context.Length);
        for (var position = 0; position < info.Length; )
        {
            var rest = info.AsSpan(position);
            if (rest.StartsWith(TenantField))
                text.Append(tenant);
            else if (rest.StartsWith(ContextField))
                text.Append(context);
            else
                text.Append(info[position]);
            position +=
                rest.StartsWith(TenantField) ? TenantField.Length
                : rest.StartsWith(ContextField) ? ContextField.Length
                : 1;
        }

        return text.ToString();
    }

    // HKDF-Extract depends on the master key alone; a rotation would repeat it for each of thousands of tenants.
    private byte[] Extract(MasterKey masterKey)
    {
        lock (guard)
        {
            if (extracted.TryGetValue(masterKey.Version, out var pseudorandomKey))
                return pseudorandomKey;
            pseudorandomKey = GC.AllocateUninitializedArray<byte>(KeyBytes, pinned: true);
            HKDF.Extract(HashAlgorithmName.SHA256, masterKey.Bytes, salt, pseudorandomKey);
            extracted.Add(masterKey.Version, pseudorandomKey);
            return pseudorandomKey;
        }
    }
}
