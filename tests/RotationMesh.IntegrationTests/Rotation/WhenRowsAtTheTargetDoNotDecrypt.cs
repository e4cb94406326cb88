using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Rotation;

/// <summary>No rotation rewrites rows that claim the target version, and it is not complete while they do not decrypt.</summary>
public sealed class WhenRowsAtTheTargetDoNotDecrypt
{
    [Test]
    public async Task A_dry_run_says_so_as_the_rotation_does()
    {
        await using var fixture = await CreateAsync(Entries.Notes);
        await fixture.InsertAsync(Enumerable.Range(1, 3).Select(i => Note.Of($"m{i}") with { Version = 2 }));

        var dry = await fixture.RotateAsync(dryRun: true);
        var untouched = await fixture.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 1");
        var real = await fixture.RotateAsync();

        Assert.That((dry.State, untouched), Is.EqualTo(("CompletedWithFailures", 30L)));
        Assert.That(dry.Notes[0], Does.Contain("table \"notes\"").Or.Contain("table notes"));
        Assert.That(
            dry.Notes[0],
            Does.Contain("3 of 10 sampled values at version 2 do not decrypt with its key")
                .And.EndWith("run verify")
        );
        Assert.That((real.State, real.Failures.Count), Is.EqualTo(("CompletedWithFailures", 3)));
    }

    [Test]
    public async Task What_an_external_row_holds_all_the_same_is_told_too()
    {
        await using var fixture = await CreateAsync(
            Entries.Notes with
            {
                External = "title = 'in the bucket'",
            }
        );
        await fixture.InsertAsync([Note.Of("e1") with { Version = 2 }]);
        await fixture.ExecuteAsync("UPDATE notes SET title = 'in the bucket' WHERE id = 'e1'");

        var dry = await fixture.RotateAsync(dryRun: true);

        Assert.That(dry.State, Is.EqualTo("CompletedWithFailures"));
        Assert.That(dry.Notes[0], Does.Contain("notes").And.Contain("version 1"));
    }

    [Test]
    public async Task Where_all_of_them_do_nothing_is_said()
    {
        await using var fixture = await CreateAsync(Entries.Notes);

        var dry = await fixture.RotateAsync(dryRun: true);

        Assert.That((dry.State, dry.Notes.Count), Is.EqualTo(("Completed", 1)));
    }

    // Thirty rows to rotate, and seven that are at the target version.
    private static async Task<Fixture> CreateAsync(TableEntry entry)
    {
        var fixture = await Fixture.CreateAsync(entry);
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(30));
        await fixture.InsertAsync(Enumerable.Range(1, 7).Select(i => Note.Of($"t{i}", version: 2)));
        return fixture;
    }
}
