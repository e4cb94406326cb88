using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>External rows hold values in the table that are too large to come with their row, or others beside such values.</summary>
public sealed class WhenExternalRowsHoldLargeValues
{
    private static readonly TableEntry TwoContexts = ExternalNotes.Entry with
    {
        Columns =
        [
            Entries.Column("body"),
            Entries.Column("summary", context: "other") with
            {
                MostlyEmpty = true,
            },
        ],
    };

    [Test]
    public async Task A_small_value_beside_a_large_one_keeps_its_key_in_service_whatever_form_it_has()
    {
        await using var fixture = await ExternalNotes.CreateAsync();
        await fixture.RotateAsync();
        await fixture.InsertAsync(
            "x1",
            $"enc:v1:{Value.Seal("labelled", "acme")}",
            Value.Seal(new string('l', 2_000_000), "acme", 2),
            version: 2,
            ExternalNotes.InTheBucket
        );

        await fixture.AssertKeptAsync("1 external rows", "column body", "key version 1");
    }

    [TestCase("enc:v1:", Entries.Context)]
    [TestCase("", "other")]
    [TestCase("enc:v1:", "other")]
    public async Task A_large_value_keeps_its_key_in_service_whatever_form_and_context_it_has(
        string label,
        string context
    )
    {
        await using var fixture = await ExternalNotes.CreateAsync(TwoContexts);
        await fixture.RotateAsync();
        var large = Value.Seal(new string('l', 2_000_000), "acme", 1, context);
        await fixture.InsertAsync("x1", $"{label}{large}", null, version: 2, ExternalNotes.InTheBucket);

        await fixture.AssertKeptAsync("1 external rows", "column body", "key version 1");
    }

    [Test]
    public async Task A_value_too_large_to_be_searched_is_tried_in_every_context_and_else_keeps_every_key()
    {
        await using var fixture = await ExternalNotes.CreateAsync(TwoContexts);
        await fixture.RotateAsync();
        var large = Value.Seal(new string('l', 13_000_000), "acme", 1, "other");
        await fixture.InsertAsync("x1", large, null, version: 2, ExternalNotes.InTheBucket);
        await fixture.AssertKeptAsync("1 external rows", "column body", "key version 1");

        await fixture.ExecuteAsync("UPDATE notes SET body = 'a:' || repeat('no. ', 5000000) WHERE id = 'x1'");
        await fixture.AssertKeptAsync("1 external rows", "column body", "nobody can tell");
    }

    [Test]
    public async Task Any_number_of_large_values_is_looked_at()
    {
        await using var fixture = await ExternalNotes.CreateAsync();
        await fixture.RotateAsync();
        await fixture.ExecuteAsync(
            $"""
            INSERT INTO notes (id, tenant, body, version, title)
            SELECT 'x' || n, 'acme', repeat('no such thing. ', 70000), 2, '{ExternalNotes.InTheBucket}' FROM generate_series(1, 1001) n
            """
        );
        await fixture.InsertAsync(
            "y1",
            Value.Seal(new string('l', 2_000_000), "acme"),
            null,
            version: 2,
            ExternalNotes.InTheBucket
        );
        var inTheWay = (await fixture.RetireWithoutAsync(ExternalNotes.Places)).InTheWay;

        Assert.That(inTheWay.Single(), Does.Contain("1 external rows").And.Contain("key version 1"));
    }
}
