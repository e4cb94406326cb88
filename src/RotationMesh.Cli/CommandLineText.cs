using System.Text.RegularExpressions;

namespace RotationMesh.Cli;

/// <summary>The command line as the audit log keeps it. No option takes a secret; one that slipped into a value is cut out.</summary>
internal static partial class CommandLineText
{
    /// <summary>Arguments as a shell would take them, without passwords.</summary>
    public static string Of(IEnumerable<string> arguments) =>
        string.Join(' ', arguments.Select(argument => Quoted(Cleared(argument))).Prepend("rotationmesh"));

    // Of a URL what stands between the scheme and the host; of connection strings and the like the value of a password.
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
