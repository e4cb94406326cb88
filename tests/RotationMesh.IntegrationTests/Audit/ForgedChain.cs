using RotationMesh.Control.Audit;
using RotationMesh.Core.Keys;

namespace RotationMesh.IntegrationTests.Audit;

/// <summary>What stands where only a key's holder can write.</summary>
public enum Codes
{
    Kept = 1,
    OfAnotherKey,
    OfAVersionNobodyHas,
    OfAnOldKey,
}

/// <summary>A chain that somebody who may write the table has calculated anew.</summary>
internal static class ForgedChain
{
    // Mallory blames event 3 on somebody else, and makes every hash fit.
    public static async Task RecalculateAsync(this AuditScene scene, long from, Codes codes, KeyRing mallory)
    {
        var seal = new AuditSeal(new AuditMac(mallory));
        byte[]? previous = null;
        foreach (var read in (await scene.EventsAsync()).Where(read => read.Sequence >= from))
        {
            var forged = read with
            {
                Actor = read.Sequence == from ? "mallory" : read.Actor,
                PreviousHash = previous ?? read.PreviousHash,
                KeyVersion = VersionOf(codes),
            };
            previous = AuditHash.Of(forged);
            var code = codes == Codes.Kept ? read.Mac! : seal.OfEvent(mallory.CurrentVersion, previous);
            await scene.TamperAsync(
                $"""
                UPDATE rotationmesh.audit_events
                SET actor = '{forged.Actor}', previous_hash = '\x{Hex(forged.PreviousHash)}',
                    hash = '\x{Hex(previous)}', key_version = {forged.KeyVersion}, mac = '\x{Hex(code)}'
                WHERE sequence = {read.Sequence}
                """
            );
        }

        await scene.Database.ExecuteAsync(
            $"""
            UPDATE rotationmesh.audit_head
            SET hash = '\x{Hex(previous!)}', key_version = {VersionOf(codes)},
                mac = '\x{Hex(codes == Codes.Kept ? new byte[32] : seal.OfHead(
                mallory.CurrentVersion,
                (await scene.EventsAsync()).Count,
                previous!
            ))}'
            """
        );
    }

    private static int VersionOf(Codes codes) =>
        codes switch
        {
            Codes.OfAVersionNobodyHas => 99,
            Codes.OfAnOldKey => 1,
            _ => 2,
        };

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
