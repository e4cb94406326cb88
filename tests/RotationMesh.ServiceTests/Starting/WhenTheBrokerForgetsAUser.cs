namespace RotationMesh.ServiceTests.Starting;

/// <summary>A credential is rotated: the user is deleted, and made again. Its connections end with it.</summary>
public sealed class WhenTheBrokerForgetsAUser
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    [TestCase("the-same-password-0123", TestName = "One_that_is_made_again_as_it_was_is_used_again")]
    [TestCase("another-password-4567", TestName = "One_with_another_password_is_used_when_the_file_says_so")]
    public async Task It_is_used_again(string password)
    {
        await using var fixture = await Fixture.LoadAsync(rows: 500);
        var user = $"user-{Guid.NewGuid():N}";
        var file = Path.Combine(fixture.Folder, "rabbitmq");
        File.WriteAllText(file, await fixture.Broker.SetUserAsync(user, "the-same-password-0123"));
        var variables = new Dictionary<string, string?>
        {
            ["ROTATIONMESH_RABBITMQ"] = null,
            ["ROTATIONMESH_RABBITMQ_FILE"] = file,
        };
        ServiceRun[] services = [fixture.StartCoordinator(variables), fixture.StartWorker(variables)];
        foreach (var service in services)
            await service.JoinedAsync();
        Assert.That((await fixture.EndAsync(await fixture.RotateAsync())).State, Is.EqualTo("Completed"));

        await fixture.Broker.DeleteUserAsync(user);
        foreach (var service in services)
            await service.IsUnreadyAsync("RabbitMQ refuses the user or its password");
        var asked = await fixture.RotateAsync();
        File.WriteAllText(file, await fixture.Broker.SetUserAsync(user, password));

        foreach (var service in services)
            await service.IsReadyAsync(Deadline);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await fixture.EndAsync(asked)).State, Is.EqualTo("Completed"));
            foreach (var service in services)
                Assert.That(service.Output, Does.Not.Contain(password).And.Not.Contain("the-same-password"));
        }
    }
}
