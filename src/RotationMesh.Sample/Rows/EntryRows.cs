using System.Buffers.Text;
using Npgsql;

namespace RotationMesh.Sample;

/// <summary>Rows of <c>knowledge_entries</c>, which are nearly all rows of the sample.</summary>
internal sealed class EntryRows(SamplePlan plan, Sealer sealer)
    : SampleTable(plan, "knowledge_entries", Columns, plan.Options.Rows)
{
    private const string Columns = """
        id, "tenantId", source, content, metadata, "createdAt", "updatedAt", "sourceId", checksum, chunk_size,
        token_count, storage_key, encryption_key_version
        """;
    private const int HexDigitsPerDraw = 16;

    private static readonly byte[] External = [.. "__external_storage__"u8];
    private static readonly byte[] StoragePrefix = [.. "knowledge/"u8];
    private static readonly byte[][] Origins =
    [
        [.. "notion"u8],
        [.. "drive"u8],
        [.. "upload"u8],
    ];
    private static readonly byte[][] Metadata =
    [
        [.. """{"language": "mixed"}"""u8],
        [.. """{"language": "mixed", "tags": ["board", "finance"]}"""u8],
    ];

    private readonly byte[] text = new byte[Corpus.MaxTextBytes];
    private readonly byte[] checksum = new byte[4 * HexDigitsPerDraw];

    public override void Write(NpgsqlBinaryImporter copy, int row)
    {
        var draw = new Draw(Plan.Options.Seed, Draw.Stream.Entry, row);
        var tenant = Plan.Deal.OfEntry(row, ref draw);
        var damage = DamagePlan.Of(Plan.Damage.Entries, row);
        var external = Plan.External.Contains(row);
        var created = Created(ref draw);
        var (bytes, characters) = Plan.Corpus.Write(ref draw, text);
        copy.Text(Id(Draw.Stream.EntryId, row));
        copy.TextOrNull(Plan.Tenants.Stored(tenant));
        copy.Text(Origins[draw.Below(Origins.Length)]);
        copy.Text(
            external ? External : sealer.Seal(Plan.Envelopes.Entry, tenant, text.AsSpan(0, bytes), damage)
        );
        copy.Json(Metadata[draw.Below(Metadata.Length)]);
        copy.Time(created);
        copy.Time(Later(created, ref draw));
        copy.TextOrNull(SourceId(tenant, ref draw));
        copy.Text(Checksum(ref draw));
        copy.Number(characters);
        copy.Number(1 + characters / 4);
        copy.TextOrNull(external ? StorageKey(row) : default(ReadOnlyMemory<byte>?));
        copy.Number(sealer.VersionOf(damage));
    }

    // An entry comes from a source of its own tenant; null where there is none, or where the drawn one is company-wide.
    private ReadOnlyMemory<byte>? SourceId(int tenant, ref Draw draw)
    {
        var beyond = Plan.Options.SourceCount - 1 - tenant;
        if (tenant == TenantDeal.CompanyWide || beyond < 0)
            return null;
        var source = tenant + draw.Below(1 + beyond / Plan.Options.Tenants) * Plan.Options.Tenants;
        if (Plan.Deal.OfSource(source) != tenant)
            return null;
        return Id(Draw.Stream.SourceId, source);
    }

    private byte[] Checksum(ref Draw draw)
    {
        for (var position = 0; position < checksum.Length; position += HexDigitsPerDraw)
            Utf8Formatter.TryFormat(
                draw.Next(),
                checksum.AsSpan(position),
                out _,
                new('x', HexDigitsPerDraw)
            );
        return checksum;
    }

    private ReadOnlyMemory<byte> StorageKey(int row)
    {
        byte[] key = [.. StoragePrefix, .. Id(Draw.Stream.EntryId, row).Span];
        return key;
    }
}
