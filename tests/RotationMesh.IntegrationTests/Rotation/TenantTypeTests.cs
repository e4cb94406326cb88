using RotationMesh.Core;
using RotationMesh.IntegrationTests.Stages;

namespace RotationMesh.IntegrationTests.Rotation;

/// <summary>Tenants named by the operator, where the tenant column is no text.</summary>
public sealed class TenantTypeTests
{
    private const string Known = "0197a000-0000-7000-8000-00000000000a";

    [TestCase(false)]
    [TestCase(true)]
    public async Task Text_that_is_no_tenant_of_that_type_is_one_clear_error(bool dryRun)
    {
        await using var stage = await CreateAsync();

        var fault = Assert.ThrowsAsync<UsageException>(() =>
            stage.RotateAsync(tenants: [Known, "acme"], dryRun: dryRun)
        );

        Assert.That(fault.Message.Split('\n'), Has.Length.EqualTo(1));
        Assert.That(
            fault.Message,
            Does.Contain("'acme'").And.Contain("uuid").And.Contain("tenant").And.Not.Contain("22P02")
        );
    }

    [Test]
    public async Task The_tenant_that_stands_for_NULL_need_not_be_of_that_type()
    {
        await using var stage = await CreateAsync();

        var report = await stage.RotateAsync(tenants: ["company_hq", Known]);

        Assert.That((report.State, report.Tables[0].Rotated), Is.EqualTo(("Completed", 2L)));
    }

    private static async Task<Stage> CreateAsync()
    {
        var stage = await Stage.CreateAsync(Entries.Notes with { TenantWhenNull = "company_hq" });
        await stage.ExecuteAsync(
            "CREATE TABLE notes (id text PRIMARY KEY, tenant uuid, body text, version int DEFAULT 1)"
        );
        foreach (
            var (id, tenant) in new (string, string?)[]
            {
                ("n1", Known),
                ("n2", null),
                ("n3", Guid.Empty.ToString()),
            }
        )
            await stage.ExecuteAsync(
                "INSERT INTO notes VALUES (@id, @tenant::uuid, @body, 1)",
                new
                {
                    id,
                    tenant,
                    body = Value.Seal($"body of {id}", tenant ?? "company_hq", 1),
                }
            );
        return stage;
    }
}
