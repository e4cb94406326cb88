namespace RotationMesh.CliTests.Verbs;

/// <summary>A key that was retired comes back as a later version: nothing is brought under it.</summary>
public sealed class ReturnedKeyTests
{
    private const string Warning = "was retired as version 1";

    private Site site = null!;

    [SetUp]
    public async Task RetireVersionOne()
    {
        site = await Site.LoadAsync("--rows", "300", "--tenants", "5");
        (await site.RunAsync("rotate")).Exits(0);
        (await site.RunAsync("keys", "retire", "1")).Exits(0);
        site.Set(
            MasterKeys.Variables(
                3,
                MasterKeys.Values[1],
                new Dictionary<int, string> { [2] = MasterKeys.Values[2] }
            )
        );
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task A_rotation_to_it_is_refused_and_writes_nothing()
    {
        var before = await site.Database.BytesAsync();

        Assert.That(
            (await site.RunAsync("rotate")).Refusal(),
            Does.Contain("key version 3").And.Contain(Warning).And.Contain("keys generate")
        );
        Assert.That(await site.Database.BytesAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Keys_and_doctor_name_both_versions()
    {
        Assert.That(
            (await site.RunAsync("keys")).Exits(0).Output,
            Does.Contain("Version 3: the key of key version 3").And.Contain(Warning)
        );
        Assert.That((await site.RunAsync("doctor")).Exits(2).Output, Does.Contain(Warning));
    }
}
