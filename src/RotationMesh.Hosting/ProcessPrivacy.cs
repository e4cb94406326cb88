using System.Globalization;
using System.Runtime.InteropServices;

namespace RotationMesh.Hosting;

/// <summary>
/// Keeps the memory of a process that holds master keys to itself: no core dump, no debugger of the same user, and no way
/// in for diagnostic tools. What the system does not offer is left out: nothing of it may stop a rotation.
/// </summary>
public static class ProcessPrivacy
{
    /// <summary><c>PR_SET_DUMPABLE</c> of <c>linux/prctl.h</c>.</summary>
    private const int SetDumpable = 4;

    /// <summary><c>RLIMIT_CORE</c> of Linux.</summary>
    private const int CoreSize = 4;

    // The runtime opens them before any line of a program runs; a process that may connect to one can ask for a dump.
    private static readonly string[] Doors =
    [
        "dotnet-diagnostic-{0}-*-socket",
        "clr-debug-pipe-{0}-*-in",
        "clr-debug-pipe-{0}-*-out",
    ];

    /// <summary>Called first in a program.</summary>
    public static void Enter()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            var none = default(Limit);
            _ = setrlimit(CoreSize, ref none);
            _ = prctl(SetDumpable, 0, 0, 0, 0);
            CloseDoors();
        }
        catch (Exception fault)
            when (fault
                    is IOException
                        or UnauthorizedAccessException
                        or DllNotFoundException
                        or EntryPointNotFoundException
            )
        {
            // Another C library, or a folder that others keep: the rest holds.
        }
    }

    private static void CloseDoors()
    {
        var folder = Path.GetTempPath();
        foreach (var door in Doors)
        {
            var pattern = string.Format(CultureInfo.InvariantCulture, door, Environment.ProcessId);
            foreach (var file in Directory.GetFiles(folder, pattern))
                File.Delete(file);
        }
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int prctl(int option, nuint value, nuint unused3, nuint unused4, nuint unused5);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setrlimit(int resource, ref Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public nuint Now;
        public nuint Most;
    }
}
