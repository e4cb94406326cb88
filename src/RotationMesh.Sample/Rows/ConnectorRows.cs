using Npgsql;
using NpgsqlTypes;

namespace RotationMesh.Sample;

/// <summary>Rows of <c>connectors</c>: first one provider for every tenant, then the next provider, and so on.</summary>
internal sealed class ConnectorRows(SamplePlan plan, Sealer sealer)
    : SampleTable(plan, "connectors", Columns, plan.Options.ConnectorCount)
{
    private const string Columns = """
        id, "tenantId", provider, status, "encryptedAccessToken", "encryptedRefreshToken", "tokenExpiresAt", scopes,
        metadata, "createdAt", "updatedAt", encryption_key_version
        """;

    // Chosen by row number, not at random: so even a hundred connectors include both cases.
    private const int NoRefreshTokenEvery = 10;
    private const int EmptyRefreshTokenEvery = 33;

    private static readonly byte[][] Providers =
    [
        [.. "google"u8],
        [.. "slack"u8],
        [.. "notion"u8],
        [.. "hubspot"u8],
        [.. "github"u8],
    ];
    private static readonly byte[][] Statuses =
    [
        [.. "active"u8],
        [.. "expired"u8],
        [.. "revoked"u8],
    ];
    private static readonly byte[] Metadata = """{"grant": "authorization_code"}"""u8.ToArray();
    private static readonly string[] Scopes = ["read", "offline_access"];

    private readonly byte[] token = new byte[Token.MaxLength];

    public override void Write(NpgsqlBinaryImporter copy, int row)
    {
        var draw = new Draw(Plan.Options.Seed, Draw.Stream.Connector, row);
        var (provider, tenant) = Math.DivRem(row, Plan.Options.Tenants);
        var damage = DamagePlan.Of(Plan.Damage.Connectors, row);
        var created = Created(ref draw);
        copy.Text(Id(Draw.Stream.ConnectorId, row));
        copy.TextOrNull(Plan.Tenants.Stored(tenant));
        copy.Text(Providers[provider]);
        copy.Text(Statuses[draw.Below(10) < 8 ? 0 : 1 + draw.Below(2)]);
        copy.Text(SealToken(tenant, damage, ref draw));
        copy.TextOrNull(RefreshToken(row, tenant, ref draw));
        copy.Time(created.AddHours(1));
        copy.Write(Scopes, NpgsqlDbType.Array | NpgsqlDbType.Text);
        copy.Json(Metadata);
        copy.Time(created);
        copy.Time(Later(created, ref draw));
        copy.Number(sealer.VersionOf(damage));
    }

    // An empty refresh token is stored empty: the application never encrypts one.
    private ReadOnlyMemory<byte>? RefreshToken(int row, int tenant, ref Draw draw)
    {
        if (row % NoRefreshTokenEvery == NoRefreshTokenEvery - 1)
            return null;
        return row % EmptyRefreshTokenEvery == EmptyRefreshTokenEvery - 1
            ? ReadOnlyMemory<byte>.Empty
            : SealToken(tenant, damage: null, ref draw);
    }

    private ReadOnlyMemory<byte> SealToken(int tenant, DamageKind? damage, ref Draw draw)
    {
        var length = Token.Write(ref draw, token);
        return sealer.Seal(Plan.Envelopes.Connector, tenant, token.AsSpan(0, length), damage);
    }
}
