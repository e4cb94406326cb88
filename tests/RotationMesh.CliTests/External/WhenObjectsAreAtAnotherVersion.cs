namespace RotationMesh.CliTests.External;

/// <summary>Object and row are written one after the other, so that a run that ends between the two leaves them apart.</summary>
public sealed class WhenObjectsAreAtAnotherVersion
{
    private const string Entries = "SELECT count(*) FROM knowledge_entries";

    private StoreSite store = null!;

    private Site Site => store.Site;

    [TearDown]
    public async Task Drop() => await store.DisposeAsync();

    [Test]
    public async Task A_rotation_to_a_third_version_takes_them_from_the_second()
    {
        store = await StoreSite.LoadAsync(external: 6);
        Site.Set(MasterKeys.Variables(3, 1, 2));
        foreach (var row in store.Rows.Take(3))
            await store.Bucket.PutAsync(row.Key, StoreSite.Document(row, 2));

        (await Site.RunAsync("rotate")).Exits(0);

        Assert.That(await store.AtVersionAsync(3), Is.EqualTo(store.Rows.Count));
        Assert.That(await store.OpenedAsync(3), Is.EqualTo(store.Rows.Count));
    }

    [Test]
    public async Task One_above_the_target_is_a_failure_that_names_its_version()
    {
        store = await StoreSite.LoadAsync(external: 6);
        Site.Set(MasterKeys.Variables(2, 1, 3));
        await store.Bucket.PutAsync(store.Rows[0].Key, StoreSite.Document(store.Rows[0], 3));

        var rotated = (await Site.RunAsync("--output", "json", "rotate")).Exits(3).Json();

        Assert.That(
            (string?)rotated["failures"]!.AsArray().Single()!["cause"],
            Does.StartWith("its object is at version 3 already")
        );
        Assert.That(await store.OpenAsync(store.Rows[0], 3), Is.Not.Null, "it is as it was");
    }

    [Test]
    public async Task One_that_was_written_after_its_row_is_told_with_the_way_which_heals_it()
    {
        store = await StoreSite.LoadAsync(external: 6);
        (await Site.RunAsync("rotate")).Exits(0);
        await store.Bucket.PutAsync(store.Rows[0].Key, StoreSite.Document(store.Rows[0], 1));

        var verified = (await Site.RunAsync("--output", "json", "verify")).Exits(3).Json();
        (await Site.RunAsync("rotate", "--target-version", "1", "--allow-downgrade")).Exits(0);
        (await Site.RunAsync("rotate")).Exits(0);

        Assert.That(
            (string?)verified["failures"]!.AsArray().Single()!["cause"],
            Is.EqualTo("its object is at version 1 still: undo to 1, then rotate to 2 again")
        );
        Assert.That(await store.OpenedAsync(2), Is.EqualTo(store.Rows.Count));
    }

    [Test]
    public async Task After_a_rotation_to_another_version_that_did_not_complete_every_row_is_verified()
    {
        store = await StoreSite.LoadAsync(rows: 2000, external: 6);
        (await Site.RunAsync("rotate")).Exits(0);
        var afterOneThatCompleted = await RotatedAsync("--target-version", "1", "--allow-downgrade");
        await Site.Database.ExecuteAsync(
            "UPDATE rotationmesh.rotations SET state = 'Cancelled' WHERE target_version = 1"
        );

        var afterTheOther = await RotatedAsync();

        var entries = await Site.Database.ScalarAsync<long>(Entries);
        Assert.That(afterOneThatCompleted, Is.LessThan(entries));
        Assert.That(afterTheOther, Is.GreaterThanOrEqualTo(entries));
    }

    // Rows that were decrypted again.
    private async Task<long> RotatedAsync(params string[] options) =>
        (long)
            (await Site.RunAsync(["--output", "json", "rotate", "--verify", "sample:1%", .. options]))
                .Exits(0)
                .Json()["verified"]!;
}
