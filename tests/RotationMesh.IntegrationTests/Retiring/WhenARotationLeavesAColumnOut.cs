using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables.Probing;
using RotationMesh.Tables.Schema;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>
/// A row has one version: a rotation without one of its columns would raise it over values that keep their key, and nobody could
/// read both any more.
/// </summary>
public sealed class WhenARotationLeavesAColumnOut
{
    private const string Memo = "column memo of table public.notes (database app), which rotation ";
    private const string Word = "formerColumns: [memo]";

    private Fixture fixture = null!;

    [SetUp]
    public async Task Rotate()
    {
        fixture = await Fixture.CreateAsync();
        await using var whole = fixture.Variant([With(Entries.Column("memo"))]);
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(5));
        await fixture.ExecuteAsync("ALTER TABLE notes ADD COLUMN memo text; UPDATE notes SET memo = body");
        Assert.That((await whole.RotateAsync()).State, Is.EqualTo("Completed"));
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [Test]
    public async Task It_is_refused_and_writes_nothing_and_the_doctor_tells()
    {
        var refusals = new List<string>
        {
            Refusal(() => fixture.RotateAsync(3, dryRun: true)),
            Refusal(() => fixture.RotateAsync(3)),
            Refusal(() => fixture.RotateAsync(1, allowDowngrade: true)),
        };

        Assert.That(refusals, Is.All.StartsWith(Memo).And.Contains("(line 7)").And.Contains(Word));
        Assert.That(await VersionsAsync(), Is.EqualTo([2]));
        var told = (await DoctorAsync(fixture)).Single();
        Assert.That(told.Verdict, Is.EqualTo(Verdict.Bad));
        Assert.That(told.Fix, Does.Contain(Word));
    }

    [Test]
    public async Task What_the_check_did_not_learn_of_is_asked_for_again_before_a_row_is_written()
    {
        await fixture.ExecuteAsync(
            """
            CREATE TABLE public.aside AS SELECT * FROM rotationmesh.rotated_columns WHERE column_name = 'memo';
            DELETE FROM rotationmesh.rotated_columns WHERE column_name = 'memo';
            CREATE FUNCTION public.learn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO rotationmesh.rotated_columns SELECT * FROM public.aside ON CONFLICT DO NOTHING; RETURN NULL; END $$;
            CREATE TRIGGER learn AFTER UPDATE ON rotationmesh.rotations FOR EACH ROW
                WHEN (OLD.state <> 'Planning' AND NEW.state = 'Planning') EXECUTE FUNCTION public.learn()
            """
        );
        using var stop = new CancellationTokenSource();

        var rotation = fixture.RotateAsync(3, stopping: stop.Token);
        await Eventually.Holds(
            async () =>
                rotation.IsCompleted
                || await fixture.ScalarAsync<bool>(
                    """
                    SELECT count(*) > 0 FROM rotationmesh.rotations
                    WHERE target_version = 3 AND reason LIKE '%holds values and is not in this map%'
                    """
                ),
            TimeSpan.FromMinutes(2),
            "it says why it stands still"
        );
        await stop.CancelAsync();

        Assert.That((await rotation).State, Is.EqualTo("Cancelled"));
        Assert.That(await VersionsAsync(), Is.EqualTo([2]));
    }

    [Test]
    public async Task It_goes_on_with_the_column_given_back()
    {
        await using var whole = fixture.Variant([With(Entries.Column("memo"))]);

        Assert.That((await whole.RotateAsync(3)).State, Is.EqualTo("Completed"));

        Assert.That(await VersionsAsync(), Is.EqualTo([3]));
    }

    [TestCase("ALTER TABLE notes DROP COLUMN memo")]
    [TestCase("UPDATE notes SET memo = NULL")]
    [TestCase("UPDATE notes SET memo = ''")]
    public async Task Nothing_is_left_behind_once_the_column_holds_no_value(string change)
    {
        await fixture.ExecuteAsync(change);

        Assert.That(await DoctorAsync(fixture), Is.Empty);
        Assert.That((await fixture.RotateAsync(3)).State, Is.EqualTo("Completed"));
    }

    [Test]
    public async Task An_operator_answers_in_the_map_for_a_column_whose_values_need_no_key_any_more()
    {
        await fixture.ExecuteAsync("UPDATE notes SET memo = 'in the clear'");
        await using var told = fixture.Variant([Entries.Notes with { FormerColumns = ["memo"] }]);

        Assert.That(Refusal(() => fixture.RotateAsync(3)), Does.StartWith(Memo));
        Assert.That(await DoctorAsync(told), Is.Empty);
        Assert.That((await told.RotateAsync(3)).State, Is.EqualTo("Completed"));
        Assert.That(
            (await told.RetireAsync()).InTheWay,
            Has.Some.StartsWith(Memo),
            "the retirement asks for a word of its own"
        );
    }

    [Test]
    public async Task A_path_counts_while_documents_hold_a_value_there()
    {
        await fixture.ExecuteAsync(
            """
            ALTER TABLE notes DROP COLUMN memo, ADD COLUMN doc jsonb;
            UPDATE notes SET doc = jsonb_build_object('old', jsonb_build_object('token', body))
            """
        );
        await using var before = fixture.Variant([With(Entries.Column("doc", "old.token"))]);
        await using var after = fixture.Variant([With(Entries.Column("doc", "token"))]);
        Assert.That((await before.RotateAsync(3)).State, Is.EqualTo("Completed"));
        await fixture.ExecuteAsync(
            "UPDATE notes SET doc = doc || jsonb_build_object('token', doc #> '{old,token}')"
        );

        var both = Refusal(() => after.RotateAsync(2, allowDowngrade: true));
        await fixture.ExecuteAsync("UPDATE notes SET doc = doc - 'old'");
        var moved = await after.RotateAsync(2, allowDowngrade: true);

        Assert.That(
            both,
            Does.StartWith("column doc at path old.token of table public.notes (database app)")
                .And.Contain("formerColumns: [doc.old.token]")
        );
        Assert.That(moved.State, Is.EqualTo("Completed"));
    }

    [TestCase("SELECT (id)", "")]
    [TestCase("SELECT", "ALTER TABLE notes ENABLE ROW LEVEL SECURITY")]
    public async Task A_role_that_does_not_see_the_values_cannot_tell_that_there_are_none(
        string right,
        string change
    )
    {
        await fixture.ExecuteAsync($"UPDATE notes SET memo = NULL; {change}");
        await using var role = await TestRole.CreateAsync(fixture);
        await role.GrantAsync(right, "notes");
        await using var narrow = Fixture.Of(fixture, role.ConnectionString);
        var table = await fixture.ScalarAsync<long>("SELECT 'notes'::regclass::oid::int8");
        var memo = (
            await new TableColumns(fixture.Databases).FindAsync(Fixture.App, [table], CancellationToken.None)
        ).Single(column => column.Name.Name == "memo");

        Assert.That(await HasValuesAsync(fixture), Is.False);
        Assert.That(await HasValuesAsync(narrow), Is.True);

        Task<bool> HasValuesAsync(Fixture of) =>
            new HeldPlace(of.Databases).HasValuesAsync(Fixture.App, memo, "", CancellationToken.None);
    }

    private static TableEntry With(ColumnEntry column) =>
        Entries.Notes with
        {
            Columns = [Entries.Column("body"), column],
        };

    private Task<IReadOnlyList<int>> VersionsAsync() =>
        fixture.QueryAsync<int>("SELECT DISTINCT version FROM notes");

    private static async Task<IReadOnlyList<Finding>> DoctorAsync(Fixture of)
    {
        var document = await of.Inspections().ExamineAsync(scan: false, CancellationToken.None);
        return [.. document.Checks.Where(check => check.Message.StartsWith(Memo, StringComparison.Ordinal))];
    }

    private static string Refusal(Func<Task> act) => Assert.ThrowsAsync<UsageException>(() => act())!.Message;
}
