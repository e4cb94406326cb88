using RotationMesh.Core;
using RotationMesh.Core.Keys;

namespace RotationMesh.Sample;

/// <summary>Refuses options that no sample can meet, before the loader uses the database.</summary>
internal static class SampleRules
{
    public static void Check(SampleOptions options, KeyRing ring)
    {
        Require(options.Tenants >= 1, "the number of tenants is below 1");
        Require(options.Rows >= 0, "the number of rows is below 0");
        Require(options.ConnectorCount >= 0, "the number of connectors is below 0");
        Require(options.SourceCount >= 0, "the number of sources is below 0");
        Require(options.Corrupt >= 0, "the number of corrupt rows is below 0");
        Require(options.External >= 0, "the number of external rows is below 0");
        Require(
            options.NullTenantShare is >= 0 and <= 1,
            "the share of rows without tenant is not in 0 to 1"
        );
        Require(
            options.ConnectorCount <= (long)options.Tenants * SampleOptions.ConnectorsPerTenant,
            $"{options.ConnectorCount} connectors are more than {SampleOptions.ConnectorsPerTenant} a tenant"
        );
        Require(
            options.External <= options.Rows,
            $"{options.External} external rows are more than the {options.Rows} rows"
        );
        var open = (long)options.Rows - options.External + options.ConnectorCount + options.SourceCount;
        Require(
            options.Corrupt <= open,
            $"{options.Corrupt} corrupt rows are more than the {open} that hold an envelope"
        );
        Require(
            ring.Contains(options.KeyVersion),
            $"the key ring lacks version {options.KeyVersion}, under which the sample is to be encrypted"
        );
        Require(
            options.Corrupt == 0 || !ring.Contains(DamagePlan.UnknownVersion),
            $"the key ring holds version {DamagePlan.UnknownVersion}, which corrupt rows claim because no ring has it"
        );
    }

    private static void Require(bool holds, string fault)
    {
        if (!holds)
            throw new UsageException(fault);
    }
}
