using RotationMesh.Core;
using RotationMesh.IntegrationTests.Stages;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>A key is retired by a look at the databases that rotations were for: others say nothing of their rows.</summary>
public sealed class WhenTheMapLeadsElsewhere
{
    private TestDatabase control = null!;
    private TestDatabase first = null!;
    private TestDatabase second = null!;

    [SetUp]
    public async Task Create()
    {
        control = await TestDatabase.CreateAsync();
        first = await TestDatabase.CreateAsync();
        second = await TestDatabase.CreateAsync();
    }

    [TearDown]
    public async Task Drop()
    {
        await control.DisposeAsync();
        await first.DisposeAsync();
        await second.DisposeAsync();
    }

    [Test]
    public async Task A_copy_by_the_same_name_retires_nothing_until_the_other_is_said_to_be_gone()
    {
        await using var own = Stage.Of(first, control.ConnectionString);
        await using var copy = Stage.Of(second, control.ConnectionString);
        await RotateAsync(own);
        await RotateAsync(copy); // the same mistake twice proves nothing

        var refused = await copy.RetireAsync();
        var listed = await copy.KeyAsync();
        var retired = await copy.RetireAsync(1, "app");
        var again = await copy.KeyAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That((refused.Retired, listed.SafeToRetire), Is.EqualTo((false, false)));
            Assert.That(
                refused.InTheWay.Single(),
                Does.StartWith("database app (").And.Contain(second.Name).And.Contain("--gone app")
            );
            Assert.That(listed.InTheWay, Is.EqualTo(refused.InTheWay));
            Assert.That(retired.Retired, Is.True);
            Assert.That(again.InTheWay, Is.Empty);
        }
    }

    [Test]
    public async Task A_map_that_leaves_a_database_out_retires_nothing()
    {
        await using var both = Stage.Of([first, second], control.ConnectionString);
        await using var one = Stage.Of([first], control.ConnectionString);
        await using var other = Stage.Of(second, control.ConnectionString);
        await other.CreateNotesAsync();
        await RotateAsync(both);

        var refused = await one.RetireAsync();
        var retired = await both.RetireAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                refused.InTheWay.Single(),
                Does.StartWith($"database {second.Name} (").And.Contain("no table of it")
            );
            Assert.That((refused.Retired, retired.Retired), Is.EqualTo((false, true)));
        }
    }

    [Test]
    public async Task Only_a_database_that_is_missing_can_be_said_to_be_gone()
    {
        await using var own = Stage.Of(first, control.ConnectionString);
        await RotateAsync(own);

        Assert.That(
            async () => await own.RetireAsync(1, "app"),
            Throws.InstanceOf<UsageException>().With.Message.Contains("--gone app")
        );
    }

    private static async Task RotateAsync(Stage stage)
    {
        await stage.CreateNotesAsync();
        await stage.InsertAsync(Note.Many(20));
        Assert.That((await stage.RotateAsync()).State, Is.EqualTo("Completed"));
    }
}
