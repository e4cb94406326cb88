using System.Text.RegularExpressions;
using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>A key is retired by a look at the databases that rotations were for: others say nothing of their rows.</summary>
public sealed partial class WhenTheMapLeadsElsewhere
{
    private TestDatabase control = null!;
    private TestDatabase first = null!;
    private TestDatabase second = null!;
    private TestDatabase third = null!;

    [SetUp]
    public async Task Create()
    {
        control = await TestDatabase.CreateAsync();
        first = await TestDatabase.CreateAsync();
        second = await TestDatabase.CreateAsync();
        third = await TestDatabase.CreateAsync();
    }

    [TearDown]
    public async Task Drop()
    {
        await control.DisposeAsync();
        await first.DisposeAsync();
        await second.DisposeAsync();
        await third.DisposeAsync();
    }

    [Test]
    public async Task A_copy_by_the_same_name_retires_nothing_until_the_other_is_said_to_be_gone()
    {
        await using var own = Fixture.Of(first, control.ConnectionString);
        await using var copy = Fixture.Of(second, control.ConnectionString);
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
        await using var both = Fixture.Of([first, second], control.ConnectionString);
        await using var one = Fixture.Of([first], control.ConnectionString);
        await using var other = Fixture.Of(second, control.ConnectionString);
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
    public async Task Of_two_by_one_name_the_operator_says_which_one_is_gone()
    {
        await using var before = Fixture.Of(first, control.ConnectionString);
        await using var since = Fixture.Of(second, control.ConnectionString);
        await using var staging = Fixture.Of(third, control.ConnectionString);
        await RotateAsync(before);
        await RotateAsync(since);
        await staging.CreateNotesAsync();

        var listed = await staging.RetireAsync();
        var ways = listed.InTheWay.Select(line => Way().Match(line).Groups[1].Value).ToList();
        Assert.That(ways, Has.Count.EqualTo(2).And.Unique.And.All.StartsWith("app="));
        Assert.That(listed.InTheWay, Has.All.Contains("moved or upgraded into another server"));
        Assert.That(
            async () => await staging.RetireAsync(1, "app"),
            Throws
                .InstanceOf<UsageException>()
                .With.Message.Contains($"--gone {ways[0]}")
                .And.Message.Contains($"--gone {ways[1]}")
        );
        Assert.That(
            async () => await staging.RetireAsync(1, "app=0123456789abcdef/7"),
            Throws.InstanceOf<UsageException>().With.Message.Contains("--gone app=0123456789abcdef/7")
        );

        var one = await staging.RetireAsync(1, ways[0]);
        var both = await staging.RetireAsync(1, ways[0], ways[1]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(one.Retired, Is.False);
            Assert.That(one.InTheWay.Single(), Does.Contain($"--gone {ways[1]}"));
            Assert.That(both.Retired, Is.True, string.Join("; ", both.InTheWay));
        }
    }

    [Test]
    public async Task Only_a_database_that_is_missing_can_be_said_to_be_gone()
    {
        await using var own = Fixture.Of(first, control.ConnectionString);
        await RotateAsync(own);

        Assert.That(
            async () => await own.RetireAsync(1, "app"),
            Throws.InstanceOf<UsageException>().With.Message.Contains("--gone app")
        );
    }

    [GeneratedRegex(@"--gone (\S+)$")]
    private static partial Regex Way();

    private static async Task RotateAsync(Fixture fixture)
    {
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(20));
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
    }
}
