using System.Buffers.Text;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;

namespace RotationMesh.Postgres.Target.Scanning;

/// <summary>Judges sampled values: does one look like an envelope, and does any key and context of the map open it.</summary>
internal sealed class EnvelopeJudge : IDisposable
{
    /// <summary>Shortest stored bytes that can be an envelope: nonce, tag and one byte.</summary>
    private const int ShortestEnvelope = EnvelopeCipher.OverheadBytes + 1;

    /// <summary>
    /// Share of bytes above 127 that random bytes have (a half), give or take: text in base64 has none, and compressed
    /// or encrypted bytes have about that.
    /// </summary>
    private const double LowShare = 0.25;
    private const double HighShare = 0.75;

    private readonly Dictionary<string, Verdict> verdicts = [];
    private readonly KeyRing? ring;
    private readonly Reencryptor? reencryptor;
    private readonly IReadOnlyList<(HkdfAes256Gcm Format, string Context)> purposes;
    private readonly IReadOnlyList<string> fallbackTenants;

    public EnvelopeJudge(KeyRing? ring, EnvelopeFormats formats, RotationMap map)
    {
        this.ring = ring;
        reencryptor = ring is null ? null : new Reencryptor(ring);
        purposes =
        [
            .. map
                .Tables.SelectMany(table => table.Columns)
                .Select(column => (column.Format, column.Context))
                .Distinct()
                .Select(purpose => (formats[purpose.Format], purpose.Context)),
        ];
        fallbackTenants = [.. map.Tables.Select(table => table.TenantWhenNull).OfType<string>().Distinct()];
    }

    public IEnumerable<Verdict> Verdicts => verdicts.Values;

    /// <summary>Looks at one value of the column, or of a path in it.</summary>
    public void Add(string? path, string? tenant, byte[] stored, EnvelopeEncoding encoding)
    {
        if (stored.Length == 0)
            return;
        if (!verdicts.TryGetValue(path ?? "", out var verdict))
            verdicts.Add(path ?? "", verdict = new Verdict(path));
        verdict.Seen++;
        if (!LooksLikeEnvelope(stored, encoding))
            return;
        verdict.Alike++;
        if (OpeningContext(tenant, stored, encoding) is not { } context)
            return;
        verdict.Opened++;
        verdict.Context = context;
    }

    public void Dispose() => reencryptor?.Dispose();

    private static bool LooksLikeEnvelope(byte[] stored, EnvelopeEncoding encoding)
    {
        var raw = stored;
        if (encoding == EnvelopeEncoding.Base64)
        {
            if (Array.TrueForAll(stored, value => char.IsAsciiHexDigit((char)value)))
                return false; // a digest or a UUID
            raw = new byte[Base64.GetMaxDecodedFromUtf8Length(stored.Length)];
            if (
                Base64.DecodeFromUtf8(stored, raw, out _, out var written)
                != System.Buffers.OperationStatus.Done
            )
                return false;
            raw = raw[..written];
        }

        if (raw.Length < ShortestEnvelope)
            return false;
        var high = raw.Count(value => value > 127) / (double)raw.Length;
        return high is > LowShare and < HighShare;
    }

    private string? OpeningContext(string? tenant, byte[] stored, EnvelopeEncoding encoding)
    {
        if (ring is null || reencryptor is null)
            return null;
        IEnumerable<string> tenants = tenant is { Length: > 0 } ? [tenant] : fallbackTenants;
        foreach (var owner in tenants)
        {
            foreach (var (format, context) in purposes)
            {
                var column = new EnvelopeColumn(format, context, encoding);
                if (
                    ring.Versions.Any(version =>
                        reencryptor.Check(column, owner, version, stored) == EnvelopeError.None
                    )
                )
                    return context;
            }
        }

        return null;
    }

    /// <summary>What was seen of a column or path.</summary>
    internal sealed class Verdict(string? path)
    {
        public string? Path { get; } = path;

        public int Seen { get; set; }

        public int Alike { get; set; }

        public int Opened { get; set; }

        public string? Context { get; set; }
    }
}
