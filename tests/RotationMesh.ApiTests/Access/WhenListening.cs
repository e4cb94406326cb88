using RotationMesh.Api.Access;
using RotationMesh.Core;
using RotationMesh.Operations.Http;

namespace RotationMesh.ApiTests.Access;

public sealed class WhenListening
{
    [TestCase("http://127.0.0.1:8085")]
    [TestCase("http://127.8.4.2:8085")]
    [TestCase("http://[::1]:8085")]
    [TestCase("http://localhost:8085")]
    public void On_this_machine_alone_no_tokens_are_needed(string address) =>
        Assert.That(() => ApiAccess.At(new Uri(address), null), Throws.Nothing);

    [TestCase("http://0.0.0.0:8085")]
    [TestCase("http://[::]:8085")]
    [TestCase("http://10.0.0.4:8085")]
    [TestCase("http://localhost.example.org:8085")]
    [TestCase("http://127.0.0.1.example.org:8085")]
    public void Where_others_can_reach_it_tokens_are_needed(string address)
    {
        Assert.That(
            () => ApiAccess.At(new Uri(address), null),
            Throws.TypeOf<UsageException>().With.Message.Contain("--tokens-file")
        );
        using var tokens = new Tokens();
        Assert.That(() => ApiAccess.At(new Uri(address), tokens.File), Throws.Nothing);
    }

    [TestCase("ann operator", "1: expected name, role and hash")]
    [TestCase("ann admin sha256:00", "1: the role is neither viewer nor operator")]
    [TestCase("ann operator sha256:00", "1: the hash is not sha256:")]
    [TestCase("# nobody", "has no token")]
    public void A_faulty_tokens_file_is_refused_with_its_line(string line, string message)
    {
        using var tokens = new Tokens();
        tokens.WriteLines(line);
        Assert.That(
            () => ApiAccess.At(new Uri("http://127.0.0.1"), tokens.File),
            Throws.TypeOf<UsageException>().With.Message.Contain(message)
        );
    }

    [Test]
    public void One_hash_has_one_line()
    {
        using var tokens = new Tokens();
        tokens.Write(BearerToken.Line("twin", "operator", tokens.Viewer));
        Assert.That(
            () => ApiAccess.At(new Uri("http://127.0.0.1"), tokens.File),
            Throws.TypeOf<UsageException>().With.Message.Contain(":5: the hash is there already")
        );
    }

    [Test]
    public void A_tokens_file_that_is_not_there_is_refused() =>
        Assert.That(
            () => ApiAccess.At(new Uri("http://127.0.0.1"), "/nowhere/tokens"),
            Throws.TypeOf<UsageException>().With.Message.Contain("/nowhere/tokens can't be read")
        );
}
