using System.Text.Json.Nodes;
using NUnit.Framework;

namespace RotationMesh.TestKit.Processes;

/// <summary>What tests ask of a program that has ended.</summary>
public static class Outcomes
{
    /// <summary>Fails the test, showing everything that was written, unless the exit code is the expected one.</summary>
    public static ProcessOutcome Exits(this ProcessOutcome outcome, int code)
    {
        Assert.That(outcome.ExitCode, Is.EqualTo(code), outcome.ToString());
        return outcome;
    }

    /// <summary>The one document on standard output.</summary>
    public static JsonNode Json(this ProcessOutcome outcome)
    {
        Assert.That(() => JsonNode.Parse(outcome.Output), Throws.Nothing, outcome.ToString());
        return JsonNode.Parse(outcome.Output)!;
    }

    /// <summary>Lines of standard error, without what a slow program says while it checks.</summary>
    public static string[] ErrorLines(this ProcessOutcome outcome) =>
        [
            .. outcome
                .Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith("Checking", StringComparison.Ordinal)),
        ];

    /// <summary>
    /// Fails the test unless the program refused with exit code 2, nothing on standard output and one line on standard
    /// error; returns the line.
    /// </summary>
    public static string Refusal(this ProcessOutcome outcome)
    {
        outcome.Exits(2);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Output, Is.Empty);
            Assert.That(outcome.ErrorLines(), Has.Length.EqualTo(1), outcome.ToString());
            Assert.That(outcome.ErrorLines(), Has.All.StartsWith("rotationmesh: "));
        });
        return outcome.ErrorLines()[0];
    }
}
