using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Scanning;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>
/// Values live outside the database, and the map has no store for them: what their rows claim proves nothing of them.
/// </summary>
public sealed class WhenExternalValuesCannotBeDecrypted
{
    private const string Told =
        "table notes (database app): 2 external values, which claim version 2, can't be decrypted";

    private Fixture fixture = null!;

    [SetUp]
    public async Task Create()
    {
        fixture = await ExternalNotes.CreateAsync();
        await fixture.RotateAsync();
        await fixture.InsertAsync("x1", ExternalNotes.Marker, null, version: 2);
        await fixture.InsertAsync("x2", ExternalNotes.Marker, null, version: 2);
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [Test]
    public async Task Their_rows_are_not_believed_and_the_ways_out_are_named()
    {
        var refused = await fixture.RetireAsync();

        Assert.That(refused.Retired, Is.False);
        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith(Told)
                .And.Contain("nobody knows whether they need version 1. Give the table an externalStore")
                .And.EndWith(
                    "--skip-scan-of app.public.notes.body --skip-scan-of app.public.notes.summary --reason TEXT"
                )
        );
    }

    [Test]
    public async Task A_list_of_keys_calls_no_version_safe_that_a_retirement_would_refuse_for_them()
    {
        var refused = await fixture.RetireAsync();
        var keys = await fixture.Inspections().ListKeysAsync(CancellationToken.None);

        var key = keys.Keys.Single(key => key.Version == 1);
        Assert.That(key.SafeToRetire, Is.False);
        Assert.That(key.InTheWay, Is.EqualTo(refused.InTheWay));
        Assert.That(keys.Notes.Single(), Does.StartWith(Told));
    }

    [TestCase("app.public.notes")]
    [TestCase("app.public.notes.body", "app.public.notes.summary")]
    public async Task Who_answers_for_them_retires_the_version_and_it_is_told_and_recorded(
        params string[] places
    )
    {
        var retired = await fixture.ScanAndRetireAsync(ScanDepth.Retirement, places);

        Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
        Assert.That(retired.ExternalUnread, Is.EqualTo(2));
        Assert.That(retired.Warnings, Has.One.StartsWith(Told));
        Assert.That(
            await fixture.QueryAsync<string>(
                """
                SELECT (skipped ->> 'place') || ' ' || (details ->> 'externalUnread')
                FROM rotationmesh.audit_events, json_array_elements(details -> 'scanSkippedOf') AS skipped
                WHERE kind = 'KeyRetired' ORDER BY 1
                """
            ),
            Is.EqualTo(places.Select(place => $"{place} 2"))
        );
    }

    [Test]
    public async Task Who_answers_for_one_of_their_columns_alone_does_not()
    {
        var refused = await fixture.RetireWithoutAsync("app.public.notes.body");

        Assert.That(refused.InTheWay.Single(), Does.StartWith(Told));
    }

    [Test]
    public async Task A_version_that_a_rotation_gave_to_rows_which_it_took_for_empty_proves_nothing()
    {
        await fixture.ExecuteAsync("DELETE FROM notes WHERE id LIKE 'x%'");
        await fixture.InsertAsync("y1", "", null, version: 1, ExternalNotes.InTheBucket);
        await using var before = fixture.Variant([ExternalNotes.Entry with { External = null }]);
        Assert.That((await before.RotateAsync()).State, Is.EqualTo("Completed"));
        Assert.That(
            await fixture.ScalarAsync<int>("SELECT version FROM notes WHERE id = 'y1'"),
            Is.EqualTo(2)
        );

        var refused = await fixture.RetireAsync();

        Assert.That(
            refused.InTheWay.Single(),
            Does.Contain("1 external values, which claim version 2, can't be decrypted")
        );
    }

    [Test]
    public async Task A_version_that_is_retired_stays_so_and_they_are_told()
    {
        Assert.That((await fixture.RetireWithoutAsync(ExternalNotes.Places)).Retired, Is.True);

        var again = await fixture.RetireAsync();
        var listed = await fixture.KeyAsync();

        Assert.That(again.Retired, Is.True, string.Join("; ", again.InTheWay));
        Assert.That(again.Warnings, Has.One.StartsWith(Told));
        Assert.That(listed.InTheWay, Is.Empty);
    }
}
