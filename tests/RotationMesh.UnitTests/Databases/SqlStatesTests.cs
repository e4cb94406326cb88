using System.Text.RegularExpressions;
using Npgsql;
using RotationMesh.Postgres;
using RotationMesh.UnitTests.Architecture;

namespace RotationMesh.UnitTests.Databases;

public sealed partial class SqlStatesTests
{
    // The classes of the manual.
    private static readonly string[] Classes =
        "01 02 03 08 09 0A 0B 0F 0L 0P 0Z 20 21 22 23 24 25 26 27 28 2B 2D 2F 34 38 39 3B 3D 3F 40 42 44 53 54 55 57 58 72 F0 HV P0 XX".Split();

    [Test]
    public void Each_verdict_is_given_to_its_classes_alone() =>
        Assert.Multiple(() =>
        {
            Holds(SqlStates.MayPass, "08 28 3D 53 57");
            Holds(SqlStates.IsForOperators, "08 28 3D 53 57 58");
            Holds(SqlStates.SpeaksOfNames, "08 28 3D 3F 42 53 55 57 58");
            Holds(refusal => !refusal.IsOfExpression(), "08 40 53 57 58 F0");
            Holds(SqlStates.RefusesValue, "22 23");
            Holds(SqlStates.WithholdsValue, "22 54");
            Holds(SqlStates.RefusesRow, "09 22 23 27 44 54 P0");
            Holds(SqlStates.IsOfServerInFunction, "08 40 53 57 58 F0");
            Holds(SqlStates.IsOfObjects, "2B 42");
        });

    [Test]
    public void Some_codes_are_told_apart_from_their_class() =>
        Assert.Multiple(() =>
        {
            Assert.That(Refusal("25P03").MayPass());
            Assert.That(Refusal(PostgresErrorCodes.DeadlockDetected).MayPass());
            Assert.That(Refusal("0A000", routine: "RevalidateCachedQuery").MayPass());
            Assert.That(Refusal(PostgresErrorCodes.InsufficientPrivilege).IsForOperators());
            Assert.That(Refusal(PostgresErrorCodes.SerializationFailure).IsOfExpression(), Is.False);
            Assert.That(Refusal(PostgresErrorCodes.DataCorrupted).IsOfServerInFunction());
            Assert.That(Refusal(PostgresErrorCodes.IndexCorrupted).IsOfServerInFunction());
        });

    [Test]
    public void An_error_in_a_function_may_speak_of_values() =>
        Assert.That(
            Refusal("42501", where: "PL/pgSQL function f() line 3 at RAISE").SpeaksOfNames(),
            Is.False
        );

    [Test]
    public void Nobody_else_takes_a_code_apart() =>
        Assert.That(
            Repository
                .SourceFiles.Where(file => Part().IsMatch(File.ReadAllText(file)))
                .Select(Path.GetFileName),
            Is.EqualTo(["SqlStates.cs"])
        );

    private static void Holds(Func<PostgresException, bool> verdict, string classes) =>
        Assert.That(
            string.Join(' ', Classes.Where(one => verdict(Refusal(one + "ZZZ")))),
            Is.EqualTo(classes)
        );

    private static PostgresException Refusal(string state, string? where = null, string? routine = null) =>
        new("", "ERROR", "ERROR", state, where: where, routine: routine);

    [GeneratedRegex(@"SqlState(\[|: \[|\.StartsWith|\.Substring)")]
    private static partial Regex Part();
}
