namespace RotationMesh.CliTests.Roles;

/// <summary>A role that policies apply to, with a map that names their setting; one policy asks for more than the tenant.</summary>
public sealed class HidingPolicyTests
{
    private const string Warning =
        "restrictive policy live on \"public\".\"connectors\" may hide rows from this role, as it depends on column deleted_at";

    private Site site = null!;
    private Role role = null!;

    [SetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "100", "--tenants", "3");
        role = await Role.CreateAsync(site.Database);
        await site.Database.ExecuteAsync(
            $"""
            ALTER TABLE connectors ADD COLUMN deleted_at timestamptz;
            UPDATE connectors SET deleted_at = now() WHERE id = (SELECT max(id) FROM connectors);
            ALTER ROLE {role.Name} NOBYPASSRLS;
            CREATE SCHEMA rotationmesh AUTHORIZATION {role.Name};
            """
        );
        site.Map = site.Map.Replace(
            "      key: id\n",
            "      key: id\n      rowLevelSecurity: { setting: app.current_tenant_id }\n",
            StringComparison.Ordinal
        );
        site.Variables["APP_DATABASE_URL"] = role.ConnectionString;
    }

    [TearDown]
    public async Task Drop()
    {
        await role.DisposeAsync();
        await site.DisposeAsync();
    }

    [Test]
    public async Task Doctor_and_rotation_name_policy_and_column_and_what_to_do()
    {
        await site.Database.ExecuteAsync(
            "CREATE POLICY live ON connectors AS RESTRICTIVE USING (deleted_at IS NULL)"
        );

        foreach (var outcome in (string[])[await DoctorAsync(2), (await site.RunAsync("rotate")).Refusal()])
            Assert.That(
                outcome,
                Does.Contain(Warning)
                    .And.Contain("BYPASSRLS")
                    .And.Contain("ALTER POLICY live ON \"public\".\"connectors\"")
            );
        Assert.That(await site.Database.RowsAsync("encryption_key_version = 2"), Is.Zero);
    }

    [Test]
    public async Task No_key_is_retired_by_what_the_role_sees()
    {
        (await site.RunAsync("rotate")).Exits(0);
        await site.Database.ExecuteAsync(
            """
            UPDATE connectors SET encryption_key_version = 1 WHERE deleted_at IS NOT NULL;
            CREATE POLICY live ON connectors AS RESTRICTIVE USING (deleted_at IS NULL)
            """
        );

        Assert.That((await site.RunAsync("keys", "retire", "1")).Exits(4).Output, Does.Contain(Warning));
        Assert.That((await site.RunAsync("keys")).Exits(0).Output, Does.Contain(Warning));
        Assert.That((await site.RunAsync("verify")).Exits(0).ToString(), Does.Contain(Warning));
    }

    [Test]
    public async Task A_policy_on_updates_alone_is_warned_about()
    {
        await site.Database.ExecuteAsync(
            "CREATE POLICY live ON connectors AS RESTRICTIVE FOR UPDATE USING (deleted_at IS NULL)"
        );

        Assert.That(
            await DoctorAsync(0),
            Does.Contain("may keep rows from being updated by this role").And.Contain("column deleted_at")
        );
    }

    // Its table breaks lines where the terminal ends; its document does not.
    private async Task<string> DoctorAsync(int exit) =>
        string.Join(
            '\n',
            (await site.RunAsync("--output", "json", "doctor")).Exits(exit).Json()["checks"]!
                .AsArray()
                .Select(check => $"{check!["message"]}; {check["fix"]}")
        );
}
