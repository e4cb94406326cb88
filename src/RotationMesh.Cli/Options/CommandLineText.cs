using System.Text.RegularExpressions;

namespace RotationMesh.Cli.Options;

/// <summary>
/// The command line as the audit log keeps it. No option takes a secret; a password that slipped into a value is masked.
/// </summary>
internal static partial class CommandLineText
{
    /// <summary>Returns the arguments quoted for a shell, without passwords.</summary>
    public static string Of(IEnumerable<string> arguments) =>
        string.Join(' ', arguments.Select(argument => Quoted(Cleared(argument))).Prepend("rotationmesh"));

    // Masks user and password in URLs, and the values of passwords, secrets and tokens, as in connection strings.
    private static string Cleared(string argument) =>
        Assigned().Replace(UserInfo().Replace(argument, "$1***@"), "$1***");

    private static string Quoted(string argument) =>
        Plain().IsMatch(argument)
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"([a-zA-Z][a-zA-Z0-9+.\-]*://)[^/@\s]*@")]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"((?:password|pwd|secret|token|api_?key)\s*=\s*)[^;&\s]+", RegexOptions.IgnoreCase)]
    private static partial Regex Assigned();

    [GeneratedRegex(@"^[a-zA-Z0-9_./:=@%+,\-]+$")]
    private static partial Regex Plain();
}
