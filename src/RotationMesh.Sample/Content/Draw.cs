namespace RotationMesh.Sample;

/// <summary>
/// A stream of pseudo-random numbers (SplitMix64) that depends only on seed, table and row: so neither the thread nor the
/// order in which rows are made changes them.
/// </summary>
internal struct Draw
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong state;

    public Draw(int seed, Stream stream, int row)
    {
        state = Mix(((ulong)(uint)seed << 8) | (byte)stream) ^ Mix((ulong)(uint)row + Step);
    }

    /// <summary>Purpose of the numbers. Ids have their own streams, so that an id can be computed without its row.</summary>
    public enum Stream : byte
    {
        TenantId,
        ConnectorId,
        SourceId,
        EntryId,
        Tenant,
        Connector,
        Source,
        SourceTenant,
        Entry,
        TenantRound,
        Phrase,
    }

    public ulong Next() => Mix(state += Step);

    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    public bool Chance(double share) => (Next() >> 11) * (1.0 / (1UL << 53)) < share;

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
