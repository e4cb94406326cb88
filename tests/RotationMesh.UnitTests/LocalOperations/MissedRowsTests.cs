using RotationMesh.LocalOperations.Verifying;

namespace RotationMesh.UnitTests.LocalOperations;

public sealed class MissedRowsTests
{
    [TestCase(1, 0, 0, null)]
    [TestCase(1, 10, 10, null)]
    [TestCase(1, 10, 0, 10L)]
    [TestCase(1, 100, 80, null)]
    [TestCase(1, 100, 79, 100L)]
    [TestCase(1, 10_000, 9_900, null)]
    [TestCase(1, 10_000, 9_899, 10_000L)]
    [TestCase(0.01, 10_000, 25, null)]
    [TestCase(0.01, 10_000, 24, 100L)]
    public void Too_few_are_told_with_the_number_that_there_should_be(
        double share,
        long stored,
        long seen,
        long? expected
    ) => Assert.That(MissedRows.Expected(share, stored, seen), Is.EqualTo(expected));
}
