using System.Buffers;
using System.Text.Json;
using Npgsql;

namespace RotationMesh.Sample;

/// <summary>Rows of <c>knowledge_sources</c>; their credentials are a string inside the JSON of the configuration.</summary>
internal sealed class SourceRows(SamplePlan plan, Sealer sealer)
    : SampleTable(plan, "knowledge_sources", Columns, plan.Options.SourceCount)
{
    private const string Columns = """
        id, "tenantId", name, type, provider, status, storage_strategy, configuration, created_at, updated_at,
        encryption_key_version
        """;
    private const int NoCredentialsEvery = 10;

    private static readonly byte[] Name = [.. "Handbook"u8];
    private static readonly byte[] Type = [.. "documents"u8];
    private static readonly byte[] Status = [.. "active"u8];
    private static readonly byte[] InRow = [.. "database"u8];
    private static readonly byte[] InStorage = [.. "external_s3"u8];
    private static readonly byte[][] Providers =
    [
        [.. "notion"u8],
        [.. "drive"u8],
        [.. "upload"u8],
    ];

    private readonly byte[] token = new byte[Token.MaxLength];
    private readonly ArrayBufferWriter<byte> json = new();

    public override void Write(NpgsqlBinaryImporter copy, int row)
    {
        var draw = new Draw(Plan.Options.Seed, Draw.Stream.Source, row);
        var tenant = Plan.Deal.OfSource(row);
        var damage = DamagePlan.Of(Plan.Damage.Sources, row);
        var created = Created(ref draw);
        copy.Text(Id(Draw.Stream.SourceId, row));
        copy.TextOrNull(Plan.Tenants.Stored(tenant));
        copy.Text(Name);
        copy.Text(Type);
        copy.Text(Providers[draw.Below(Providers.Length)]);
        copy.Text(Status);
        copy.Text(draw.Chance(0.1) ? InStorage : InRow);
        copy.Json(Configuration(row, tenant, damage, ref draw));
        copy.Time(created);
        copy.Time(Later(created, ref draw));
        copy.Number(sealer.VersionOf(damage));
    }

    private ReadOnlyMemory<byte> Configuration(int row, int tenant, DamageKind? damage, ref Draw draw)
    {
        json.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(json);
        writer.WriteStartObject();
        writer.WriteString("endpoint"u8, "https://knowledge.invalid/api"u8);
        if (damage is not null || row % NoCredentialsEvery != NoCredentialsEvery - 1)
        {
            var length = Token.Write(ref draw, token);
            var sealedToken = sealer.Seal(Plan.Envelopes.Source, tenant, token.AsSpan(0, length), damage);
            writer.WriteString("credentials"u8, sealedToken.Span);
        }

        writer.WriteStartObject("options"u8);
        writer.WriteNumber("pageSize"u8, 50 + draw.Below(200));
        writer.WriteBoolean("recursive"u8, draw.Chance(0.5));
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return json.WrittenMemory;
    }
}
