using RotationMesh.Tables.Rows;

namespace RotationMesh.UnitTests.Rows;

public sealed class RotationSettingsTests
{
    [TestCase(1)]
    [TestCase(RotationSettings.DefaultBatchSize)]
    [TestCase(RotationSettings.MaxBatchSize)]
    public void A_batch_has_some_rows(int batchSize) =>
        Assert.That(Of(batchSize).BatchSize, Is.EqualTo(batchSize));

    [TestCase(0)]
    [TestCase(RotationSettings.MaxBatchSize + 1)]
    public void None_has_other_numbers_of_them(int batchSize)
    {
        Assert.That(() => Of(batchSize), Refused);
        Assert.That(() => Of(1) with { BatchSize = batchSize }, Refused);
    }

    private static NUnit.Framework.Constraints.IResolveConstraint Refused =>
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("BatchSize");

    private static RotationSettings Of(int batchSize) =>
        new(new RotationTarget(2, AllowDowngrade: false), batchSize, DryRun: false);
}
