using RotationMesh.Core.Gates;
using RotationMesh.Gates.Snapshots;

namespace RotationMesh.GateTests.Others;

public sealed class SnapshotGateTests
{
    private static readonly FixedClock Noon = new("2026-11-24T12:00:00Z");

    [TestCase("echo 2026-11-23T12:00:00Z", true)]
    [TestCase("echo 2026-11-23T13:00:00+01:00", true)]
    [TestCase("echo 1795518000", true)] // 11:00
    [TestCase("echo 2026-11-23T11:59:59Z", false, "more than 24 h")]
    [TestCase("echo 2026-11-24T12:06:00Z", false, "in the future")]
    [TestCase("echo yesterday", false, "printed no time")]
    [TestCase("echo 2026-11-24T11:00:00", false, "printed no time")]
    [TestCase("exit 1", false, "/bin/sh exits 1")]
    public async Task A_program_tells_the_time(string script, bool holds, params string[] words)
    {
        var verdict = await Looks.AtSnapshotAsync(
            $"maxAge: 24h, command: {{ run: [/bin/sh, -c, '{script}'] }}",
            Noon
        );

        if (holds)
            verdict.AssertHolds();
        else
            verdict.AssertLost(words);
    }

    [Test]
    public async Task The_age_of_a_file_counts()
    {
        var file = Path.GetTempFileName();
        File.SetLastWriteTimeUtc(file, new DateTime(2026, 11, 24, 11, 30, 0, DateTimeKind.Utc));

        (await Looks.AtSnapshotAsync($"maxAge: 31m, file: {file}", Noon)).AssertHolds();
        (await Looks.AtSnapshotAsync($"maxAge: 29m, file: {file}", Noon)).AssertLost("30 min ago");
        File.Delete(file);
        (await Looks.AtSnapshotAsync($"maxAge: 31m, file: {file}", Noon)).AssertLost(
            $"there is no file {file}"
        );
    }

    [Test]
    public async Task Without_a_source_the_operator_tells()
    {
        var told = new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

        (await Looks.AtSnapshotAsync("maxAge: 4h", Noon)).AssertLost("does not say where");
        (await Looks.AtSnapshotAsync("maxAge: 4h", Noon, told)).AssertHolds();
        (await Looks.AtSnapshotAsync("maxAge: 2h", Noon, told)).AssertLost("says the operator", "3 h ago");
    }

    [Test]
    public void The_newest_good_backup_of_the_stanza_counts_for_pgBackRest()
    {
        const string info = """
            [{"archive":[],"backup":[
                {"error":false,"label":"20261122-010000F","timestamp":{"start":1795310000,"stop":1795313600},"type":"full"},
                {"error":true,"label":"20261124-010000F","timestamp":{"start":1795482000,"stop":1795485600},"type":"full"},
                {"label":"20261123-010000I","timestamp":{"start":1795395600,"stop":1795399200},"type":"incr"}],
              "db":[{"id":1}],"name":"main","status":{"code":0,"message":"ok"}},
             {"backup":[{"timestamp":{"start":1,"stop":1795490000}}],"name":"other"}]
            """;

        Assert.That(PgBackRestInfo.Newest(info, "main").ToUnixTimeSeconds(), Is.EqualTo(1795399200));
        Assert.That(
            () => PgBackRestInfo.Newest(info, "absent"),
            Throws
                .TypeOf<GateUnreadableException>()
                .With.Message.Contains("no good backup of the stanza absent")
        );
        Assert.That(
            () => PgBackRestInfo.Newest("<html>", "main"),
            Throws.TypeOf<GateUnreadableException>().With.Message.Contains("something else")
        );
    }
}
