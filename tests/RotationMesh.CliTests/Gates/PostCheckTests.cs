using Microsoft.AspNetCore.Http;
using RotationMesh.TestKit.Http;

namespace RotationMesh.CliTests.Gates;

/// <summary>What the application is asked once its rows are rotated and verified.</summary>
public sealed class PostCheckTests
{
    private const string Secret = "Bearer 8a1f-post-check-token";

    private Site site = null!;
    private AskedApplication application = null!;

    [SetUp]
    public async Task Load()
    {
        application = await AskedApplication.StartAsync();
        site = await Site.LoadAsync("--rows", "200", "--tenants", "3");
        site.Variables["APP_TOKEN"] = Secret;
        site.Map += $$"""

            postChecks:
              - name: export
                url: {{application.Url}}/exports/tenant-1?key={{Secret.Replace(
                " ",
                "%20",
                StringComparison.Ordinal
            )}}
                pointer: /state
                value: done
                header: { name: Authorization, value: "${APP_TOKEN}" }
              - { name: health, url: "{{application.Url}}/health", timeout: 2s }
            """;
    }

    [TearDown]
    public async Task Drop()
    {
        await site.DisposeAsync();
        await application.DisposeAsync();
    }

    [Test]
    public async Task They_are_asked_with_their_secret_after_every_row_is_rotated_and_recorded()
    {
        var seen = new List<(string? Header, long Left)>();
        application.Answer = async context =>
        {
            if (context.Request.Path != "/health")
                seen.Add(
                    (
                        context.Request.Headers.Authorization,
                        await site.Database.RowsAsync("encryption_key_version <> 2")
                    )
                );
            await Done(context);
        };

        var rotated = (await site.RunAsync("--output", "json", "rotate")).Exits(0).Json();

        Assert.That(seen, Is.EqualTo([(Secret, 0L)]));
        Assert.That(application.Asked, Is.EquivalentTo(["/exports/tenant-1", "/health"]));
        Assert.That(
            rotated["postChecks"]!.AsArray().Select(check => $"{check!["name"]} {check["passed"]}"),
            Is.EqualTo(["export true", "health true"])
        );
        Assert.That(
            (await site.RunAsync("report")).Exits(0).Output,
            Does.Contain("| export | passed |").And.Contain("| health | passed |")
        );
        Assert.That(
            (await site.RunAsync("audit")).Exits(0).Output,
            Does.Contain("post-check export passed").And.Contain("post-check health passed")
        );
    }

    [Test]
    public async Task One_that_fails_ends_the_rotation_with_failures_until_a_retry_passes()
    {
        application.Answer = context => context.Response.WriteAsync("""{ "state": "unreadable-1234" }""");

        var failed = (await site.RunAsync("rotate")).Exits(3);

        Assert.That(
            failed.Output,
            Does.Contain($"post-check export failed: {application.Url} answered with another value at /state")
                .And.Contain("rotationmesh retry")
                .And.Contain("Post-check health: passed")
        );
        Assert.That(await site.Database.RowsAsync("encryption_key_version <> 2"), Is.Zero);
        var status = (await site.RunAsync("--output", "json", "status")).Exits(0).Json();
        Assert.That((string)status["state"]!, Is.EqualTo("CompletedWithFailures"));
        Assert.That((string)status["reason"]!, Does.StartWith("post-check export failed"));

        application.Answer = Done;
        var retried = (await site.RunAsync("--output", "json", "retry")).Exits(0).Json();

        Assert.That((string)retried["state"]!, Is.EqualTo("Completed"));
        Assert.That(
            (await site.RunAsync("audit")).Exits(0).Output,
            Does.Contain("post-check export failed").And.Contain("post-check export passed")
        );
        (await site.RunAsync("audit", "verify")).Exits(0);
    }

    [Test]
    public async Task Neither_address_nor_header_nor_answer_is_shown_anywhere()
    {
        application.Answer = context => context.Response.WriteAsync("""{ "state": "unreadable-1234" }""");

        var shown = new List<ProcessOutcome> { (await site.RunAsync("rotate")).Exits(3) };
        foreach (
            var verb in (string[])
                [
                    "status",
                    "--output json status",
                    "report",
                    "report --format html",
                    "audit",
                    "audit export",
                    "doctor",
                ]
        )
            shown.Add(await site.RunAsync(verb.Split(' ')));

        foreach (var outcome in shown)
            Assert.That(
                outcome.ToString(),
                Does.Not.Contain("8a1f-post")
                    .And.Not.Contains("tenant-1?")
                    .And.Not.Contains("unreadable-1234")
            );
    }

    [Test]
    public async Task One_that_does_not_answer_in_time_or_breaks_off_fails()
    {
        var released = new TaskCompletionSource();
        application.Answer = async context =>
        {
            if (context.Request.Path == "/health")
                await released.Task;
            else
            {
                await context.Response.WriteAsync("{ \"state\"");
                await context.Response.Body.FlushAsync();
                context.Abort();
            }
        };

        var failed = (await site.RunAsync("rotate")).Exits(3);
        released.SetResult();

        Assert.That(
            failed.Output,
            Does.Contain("did not answer within 2 s").And.Contain("post-check export failed")
        );
    }

    [Test]
    public async Task They_are_not_asked_of_rows_that_failed_nor_by_a_dry_run()
    {
        application.Answer = Done;
        (await site.RunAsync("rotate", "--dry-run")).Exits(0);
        await Damage.DoAsync(site.Database);

        var failed = (await site.RunAsync("--output", "json", "rotate")).Exits(3).Json();

        Assert.That(application.Asked, Is.Empty);
        Assert.That(failed["postChecks"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task A_secret_that_is_not_set_is_told_before_anything_is_written()
    {
        site.Variables.Remove("APP_TOKEN");

        Assert.That((await site.RunAsync("rotate")).Refusal(), Does.Contain("APP_TOKEN is not set"));
        Assert.That(
            (await site.RunAsync("rotate", "--dry-run")).Refusal(),
            Does.Contain("APP_TOKEN is not set")
        );
        Assert.That((await site.RunAsync("doctor")).ToString(), Does.Contain("APP_TOKEN is not set"));
        Assert.That(await site.Database.HasControlSchemaAsync(), Is.False);
    }

    private static Task Done(HttpContext context) => context.Response.WriteAsync("""{ "state": "done" }""");
}
