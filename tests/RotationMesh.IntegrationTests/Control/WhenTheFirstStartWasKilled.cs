using RotationMesh.Control;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Control;

/// <summary>A start that was killed between two migrations leaves the first ones; each release before this one did as well.</summary>
public sealed class WhenTheFirstStartWasKilled
{
    private static IEnumerable<int> Steps => Enumerable.Range(0, EarlierSchema.Migrations);

    [TestCaseSource(nameof(Steps))]
    public async Task The_next_one_goes_on_where_it_ended(int migrations)
    {
        await using var database = await TestDatabase.CreateAsync();
        await EarlierSchema.MakeAsync(database, migrations);
        await using var control = new ControlDatabase(database.ConnectionString);

        var before = await control.ExistsAsync(CancellationToken.None);
        await control.MigrateAsync(CancellationToken.None);

        var after = await control.HasCurrentRecordsAsync(CancellationToken.None);
        var rotations = await new RunningRotations(control).LatestAsync(1, CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(before, Is.False, "whoever starts reads nothing of it before");
            Assert.That(after, Is.True);
            Assert.That(rotations, Is.Empty);
        });
    }

    [TestCaseSource(nameof(Steps))]
    public async Task Whoever_reads_finds_nothing_or_is_told_what_brings_it_up_to_date(int migrations)
    {
        await using var database = await TestDatabase.CreateAsync();
        await EarlierSchema.MakeAsync(database, migrations);
        await using var control = new ControlDatabase(database.ConnectionString);

        if (migrations == 0)
            Assert.That(await control.HasCurrentRecordsAsync(CancellationToken.None), Is.False);
        else
            Assert.That(
                () => control.HasCurrentRecordsAsync(CancellationToken.None),
                Throws.TypeOf<UsageException>().With.Message.Contains("earlier release")
            );
    }
}
