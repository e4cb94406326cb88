namespace RotationMesh.CliTests.External;

/// <summary>
/// A run that ended between object and row leaves the object ahead. An undo passes over such rows, which are at its version, so it
/// can only tell of them.
/// </summary>
public sealed class WhenAnUndoMeetsObjectsAhead
{
    private const string Failure =
        "AuthenticationFailed: its object is at version 2 already: rotate to 2, then undo where that is meant";

    private static readonly string[] Undo =
    [
        "--output",
        "json",
        "rotate",
        "--target-version",
        "1",
        "--allow-downgrade",
    ];

    private StoreSite store = null!;

    [SetUp]
    public async Task Load()
    {
        store = await StoreSite.LoadAsync(external: 6);
        foreach (var row in store.Rows.Take(3))
            await store.Bucket.PutAsync(row.Key, StoreSite.Document(row, 2));
    }

    [TearDown]
    public async Task Drop() => await store.DisposeAsync();

    [Test]
    public async Task They_are_failures_that_name_the_way_which_heals_them()
    {
        var undone = (await store.Site.RunAsync(Undo)).Exits(3).Json();
        var report = (await store.Site.RunAsync("report")).Exits(0).ToString();
        (await store.Site.RunAsync("rotate")).Exits(0);
        (await store.Site.RunAsync(Undo)).Exits(0);

        var failures = undone["failures"]!.AsArray();
        Assert.That(
            failures.Select(failure => $"{failure!["error"]}: {failure["cause"]}"),
            Is.EqualTo(Enumerable.Repeat(Failure, 3))
        );
        Assert.That(report, Does.Contain("the row follows its object"));
        Assert.That(await store.AtVersionAsync(1), Is.EqualTo(store.Rows.Count));
        Assert.That(await store.OpenedAsync(1), Is.EqualTo(store.Rows.Count));
    }
}
