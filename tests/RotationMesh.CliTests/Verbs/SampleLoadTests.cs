namespace RotationMesh.CliTests.Verbs;

/// <summary><c>sample load --if-missing</c>, which may run at each start of a demonstration.</summary>
public sealed class SampleLoadTests
{
    private const string Rows = "SELECT count(*) FROM knowledge_entries";

    private Site site = null!;

    [SetUp]
    public async Task Load() => site = await Site.LoadAsync("--rows", "50", "--tenants", "2");

    [TearDown]
    public async Task Remove() => await site.DisposeAsync();

    [Test]
    public async Task A_sample_that_is_there_is_left_alone()
    {
        var said = (await site.RunAsync("sample", "load", "--rows", "70", "--if-missing")).Exits(0).Output;

        Assert.That(said, Does.Contain("A sample is there already"));
        Assert.That(await site.Database.ScalarAsync<long>(Rows), Is.EqualTo(50));
    }

    [Test]
    public async Task A_sample_whose_load_was_stopped_is_loaded_anew()
    {
        await site.Database.ExecuteAsync(
            "ALTER TABLE knowledge_entries DROP CONSTRAINT knowledge_entries_pkey"
        );

        (await site.RunAsync("sample", "load", "--rows", "70", "--key-version", "1", "--if-missing")).Exits(
            0
        );

        Assert.That(await site.Database.ScalarAsync<long>(Rows), Is.EqualTo(70));
    }
}
