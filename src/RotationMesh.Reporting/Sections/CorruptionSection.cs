using RotationMesh.Core;
using RotationMesh.Operations.Documents;
using RotationMesh.Reporting.Blocks;
using RotationMesh.Reporting.Wording;

namespace RotationMesh.Reporting.Sections;

/// <summary>What to do, and what not to do, where values may be damaged; empty where nothing suggests damage.</summary>
internal static class CorruptionSection
{
    public static IEnumerable<Block> Of(ReportDocument report)
    {
        if (report.Unreadable == 0 && !report.Causes.Any(cause => Remedies.MayBeCorruption(cause.Error)))
            yield break;
        var rotation = report.Rotation;
        yield return new Heading(2, "If you suspect corruption");
        yield return new Paragraph(
            $"Values that do not decrypt may be damaged, or encrypted under a key that nobody expects. A rotation writes a value only after it decrypted it again; what it could not decrypt it left as it was. {report.Unreadable} rows at version {rotation.TargetVersion} do not decrypt under it."
        );
        yield return new Points(
            Numbered: true,
            [
                "Keep every key version: retire and delete none until this is explained. A value under a lost key is lost.",
                $"Stop what writes: {new Code("rotationmesh workers pause")}, or the application itself. Keep the snapshot that was taken before the rotation from being expired.",
                $"Compare fingerprints: {new Code("rotationmesh keys")} here, and on every host of the application. Another fingerprint for the same version is the usual cause.",
                $"Find the extent, read-only: {new Code("rotationmesh verify")} decrypts every row under the version that it claims, and lists those that fail.",
                "Look at one of the rows in the snapshot. If it decrypts there, it was damaged since; if not, it was damaged before.",
                "Restore the values of the failed rows, with their version, from the snapshot: by primary key, only where the row has not changed since, never the whole table.",
                $"To go back to the version before, for every row that decrypts: {new Code($"rotationmesh rotate --target-version {Math.Max(1, rotation.TargetVersion - 1)} --allow-downgrade")}.",
                $"Rotate what was restored: {new Code(rotation.State == RotationState.Cancelled ? "rotationmesh rotate" : $"rotationmesh retry {rotation.RotationId}")}; then verify again, and attach both reports to the incident.",
            ]
        );
    }
}
