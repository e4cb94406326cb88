using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Rotating;

/// <summary>A rotation whose process is killed again and again.</summary>
public sealed class KilledRotationTests
{
    private const int Kills = 10;
    private static readonly string[] Rotate =
    [
        "--output",
        "json",
        "rotate",
        "--batch-size",
        "20",
        "--workers",
        "1",
    ];

    private Site site = null!;

    [SetUp]
    public async Task Load() => site = await Site.LoadAsync("--rows", "60000", "--tenants", "50");

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task The_same_command_completes_it()
    {
        var rows = await site.Database.RowsAsync();
        var random = new Random(TestContext.CurrentContext.Random.Next());
        for (var kill = 0; kill < Kills; kill++)
            await KillAsync(random);
        var left = await site.Database.RowsAsync("encryption_key_version = 1");
        Assert.That(left, Is.GreaterThan(0), "the last run has something to do");

        var document = (await site.RunAsync(Rotate)).Exits(0).Json();
        Assert.Multiple(() =>
        {
            Assert.That(document.State(), Is.EqualTo("Completed"));
            Assert.That(document.Total("rows"), Is.EqualTo(rows));
            Assert.That(document.Total("rotated"), Is.EqualTo(rows), "all runs are one rotation");
        });
        site.HoldKeys(2);
        var verified = (await site.RunAsync("--output", "json", "verify")).Exits(0).Json();
        Assert.That(verified.Total("verified"), Is.EqualTo(rows));
    }

    // At a random number of rows after it began to write, so that each kill hits it in the middle of its work.
    private async Task KillAsync(Random random)
    {
        var left = await site.Database.RowsAsync("encryption_key_version = 1");
        await using var run = site.Command(Rotate).Start();
        var some = random.Next(1, 2000);
        await Eventually.Holds(
            async () => await site.Database.RowsAsync("encryption_key_version = 1") <= left - some,
            TimeSpan.FromMinutes(1),
            $"{some} rows are rotated\n{run.ErrorSoFar}"
        );
        Assert.That(run.HasEnded, Is.False, "killed before its end");
        run.Kill();
        Assert.That((await Site.EndAsync(run)).ExitCode, Is.EqualTo(128 + 9));
    }
}
