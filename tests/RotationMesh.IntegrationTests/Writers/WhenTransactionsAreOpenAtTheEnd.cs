using System.Globalization;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Writers;

[Parallelizable(ParallelScope.All)] // they wait
public sealed class WhenTransactionsAreOpenAtTheEnd
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    private static readonly string[] OldRows = [.. Enumerable.Range(1, 7).Select(i => $"open-{i}")];

    [Test]
    public async Task Rows_that_it_inserted_are_rotated_too()
    {
        await using var fixture = await CreateAsync();
        await using var open = await OpenTransaction.BeginAsync(
            fixture,
            [.. OldRows.Select(id => OpenTransaction.Insert(id))]
        );

        var rotation = fixture.RotatePatientlyAsync();
        await fixture.WaitsForAsync(rotation, $"session {open.Pid} (a-long-job, role ");
        await open.CommitAsync();

        Assert.That((await rotation).State, Is.EqualTo("Completed"));
        await fixture.AssertRotatedAsync();
    }

    [Test]
    public async Task A_row_that_it_brought_back_to_the_old_version_is_rotated_again()
    {
        await using var fixture = await CreateAsync();
        await fixture.InsertAsync([Note.Of("back", version: 2)]);
        var old = Note.Of("back");
        await using var open = await OpenTransaction.BeginAsync(
            fixture,
            $"UPDATE notes SET body = '{old.Body}', version = 1 WHERE id = 'back'"
        );

        var rotation = fixture.RotatePatientlyAsync();
        await fixture.WaitsForAsync(rotation, $"session {open.Pid}");
        await open.CommitAsync();

        Assert.That((await rotation).State, Is.EqualTo("Completed"));
        await fixture.AssertRotatedAsync();
    }

    [Test]
    public async Task Rows_of_a_savepoint_are_rotated_too()
    {
        await using var fixture = await CreateAsync();
        await using var open = await OpenTransaction.BeginAsync(
            fixture,
            "SAVEPOINT one",
            OpenTransaction.Insert("inner"),
            "RELEASE SAVEPOINT one"
        );

        var rotation = fixture.RotatePatientlyAsync();
        await fixture.WaitsForAsync(rotation, $"session {open.Pid}");
        await open.CommitAsync();

        Assert.That((await rotation).State, Is.EqualTo("Completed"));
        await fixture.AssertRotatedAsync();
    }

    [Test]
    public async Task Rows_of_a_prepared_transaction_are_rotated_too()
    {
        await using var fixture = await CreateAsync();
        var gid = $"prepared-{Guid.NewGuid():N}";
        await PrepareAsync(fixture, gid, OpenTransaction.Insert("prepared"));

        var rotation = fixture.RotatePatientlyAsync();
        await fixture.WaitsForAsync(rotation, $"prepared transaction '{gid}' (role ");
        await fixture.ExecuteAsync($"COMMIT PREPARED '{gid}'");

        Assert.That((await rotation).State, Is.EqualTo("Completed"));
        await fixture.AssertRotatedAsync();
    }

    [Test]
    public async Task A_transaction_that_is_prepared_meanwhile_is_waited_for_still()
    {
        await using var fixture = await CreateAsync();
        var gid = $"prepared-{Guid.NewGuid():N}";
        await using var open = await OpenTransaction.BeginAsync(fixture, OpenTransaction.Insert("prepared"));

        var rotation = fixture.RotatePatientlyAsync();
        await fixture.WaitsForAsync(rotation, $"session {open.Pid}");
        await open.RunAsync($"PREPARE TRANSACTION '{gid}'");
        await fixture.WaitsForAsync(rotation, $"prepared transaction '{gid}'");
        await fixture.ExecuteAsync($"COMMIT PREPARED '{gid}'");

        Assert.That((await rotation).State, Is.EqualTo("Completed"));
        await fixture.AssertRotatedAsync();
    }

    [Test]
    public async Task One_that_does_not_end_is_named_and_the_rotation_is_not_complete()
    {
        await using var fixture = await CreateAsync();
        await using var open = await OpenTransaction.BeginAsync(fixture, OpenTransaction.Insert("late"));

        var report = await fixture.RotatePatientlyAsync(Short);
        await open.CommitAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
            Assert.That(report.OpenWriters, Does.Contain($"session {open.Pid} (a-long-job, role "));
            Assert.That(report.OpenWriters, Does.Contain("on table notes").And.Not.Contain("INSERT"));
            Assert.That(report.Reason, Is.EqualTo(report.OpenWriters));
            Assert.That(report.Tables.Single().Failed, Is.Zero);
        }

        var next = await fixture.RotatePatientlyAsync();

        Assert.That((next.State, next.OpenWriters), Is.EqualTo(("Completed", (string?)null)));
        await fixture.AssertRotatedAsync();
    }

    // A right on columns alone is not enough to lock the table: then nothing tells a moment without writers.
    [TestCase(null)]
    [TestCase("UPDATE")]
    [TestCase("UPDATE (body, version)")]
    public async Task One_that_begins_while_another_is_waited_for_is_waited_for_too(string? right)
    {
        await using var owner = await CreateAsync();
        await using var role = await TestRole.CreateAsync(owner);
        await using var fixture = await RotatedByAsync(owner, role, right);
        var early = await OpenTransaction.BeginAsync(owner, "LOCK TABLE notes IN ROW EXCLUSIVE MODE");

        var rotation = fixture.RotatePatientlyAsync();
        await fixture.WaitsForAsync(rotation, $"session {early.Pid} (a-long-job, role ");
        await using var late = await OpenTransaction.BeginAsync(
            owner,
            [.. OldRows.Select(id => OpenTransaction.Insert(id))]
        );
        await early.CommitAsync();
        await early.DisposeAsync();
        await fixture.WaitsForAsync(rotation, $"session {late.Pid} (a-long-job, role ");
        await late.CommitAsync();

        Assert.That((await rotation).State, Is.EqualTo("Completed"));
        await fixture.AssertRotatedAsync();
    }

    [TestCase(null, 0.3)]
    [TestCase("UPDATE", 0.3)]
    [TestCase("UPDATE (body, version)", 0.3)]
    [TestCase("UPDATE", 1.5)] // none has an end within the wait for the lock
    public async Task An_application_that_always_has_one_open_holds_up_nothing(string? right, double seconds)
    {
        await using var owner = await CreateAsync();
        await using var role = await TestRole.CreateAsync(owner);
        await using var fixture = await RotatedByAsync(owner, role, right);
        using var stop = new CancellationTokenSource();
        var writers = Enumerable
            .Range(0, 3)
            .Select(writer => Task.Run(() => WriteAsync(owner, writer, seconds, stop.Token)))
            .ToList();

        var report = await fixture.RotatePatientlyAsync();
        await stop.CancelAsync();
        var written = await Task.WhenAll(writers);

        Assert.That(report.State, Is.EqualTo("Completed"), report.Reason);
        Assert.That(written, Has.All.GreaterThan(1));
        if (right == "UPDATE (body, version)")
            Assert.That(
                report.Notes,
                Has.Some.Contains("notes was counted while it was being written, as this role")
            );
        await fixture.AssertRotatedAsync();
    }

    private static async Task<Fixture> CreateAsync()
    {
        var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(20));
        return fixture;
    }

    // The fixture of a role that may see and update rows, and little else; null: the owner's.
    private static async Task<Fixture> RotatedByAsync(Fixture owner, TestRole role, string? right)
    {
        if (right is null)
            return Fixture.Of(owner, owner.ConnectionString);
        await role.GrantAsync("SELECT", "notes");
        await role.GrantAsync(right, "notes");
        return Fixture.Of(owner, role.ConnectionString);
    }

    private static async Task PrepareAsync(Fixture fixture, string gid, string statement)
    {
        await using var open = await OpenTransaction.BeginAsync(fixture, statement);
        await open.RunAsync($"PREPARE TRANSACTION '{gid}'");
    }

    // Each keeps its transaction open for a while, so that there is never a moment without one.
    private static async Task<int> WriteAsync(
        Fixture fixture,
        int writer,
        double seconds,
        CancellationToken stop
    )
    {
        var written = 0;
        while (!stop.IsCancellationRequested)
        {
            await using var open = await OpenTransaction.BeginAsync(
                fixture,
                OpenTransaction.Insert($"busy-{writer}-{written++}", version: 2),
                string.Create(CultureInfo.InvariantCulture, $"SELECT pg_sleep({seconds})")
            );
            await open.CommitAsync();
        }

        return written;
    }
}
