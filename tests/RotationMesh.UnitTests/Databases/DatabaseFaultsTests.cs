using Npgsql;
using RotationMesh.Postgres;

namespace RotationMesh.UnitTests.Databases;

public sealed class DatabaseFaultsTests
{
    [TestCase("3D000", "database \"x\" does not exist", "database \"x\" does not exist")]
    [TestCase("28P01", "password authentication failed for user \"u\"", "password authentication failed")]
    [TestCase("42501", "permission denied for table claims", "permission denied for table claims")]
    [TestCase("25006", "cannot execute INSERT", "the database is read-only")]
    public void A_refusal_is_told_in_words_however_deep_it_lies(string state, string message, string told)
    {
        var fault = new InvalidOperationException("", Refusal(state, message));

        Assert.That(
            DatabaseFaults.Describe(fault),
            Does.Contain(told).And.EndWith($"(SQLSTATE {state})").And.Not.Contain("hunter2")
        );
    }

    [Test]
    public void What_may_quote_a_row_is_not_told()
    {
        Exception[] faults =
        [
            Refusal("22P02", "invalid input syntax for type integer: \"hunter2\""),
            Refusal("42501", "hunter2 may not be changed", where: "PL/pgSQL function f() line 3 at RAISE"),
            new InvalidOperationException("hunter2"),
        ];

        Assert.That(faults.Select(DatabaseFaults.Describe), Has.None.Contains("hunter2"));
    }

    private static PostgresException Refusal(string state, string message, string? where = null) =>
        new(message, "FATAL", "FATAL", state, detail: "Failing row contains (hunter2).", where: where);
}
