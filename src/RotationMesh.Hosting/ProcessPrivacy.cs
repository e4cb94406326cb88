using System.Globalization;
using System.Runtime.InteropServices;

namespace RotationMesh.Hosting;

/// <summary>
/// Protects the memory of a process that holds master keys: no core dump, no debugger of the same user, and no access for
/// diagnostic tools. Skips what the system does not support, since none of this may stop a rotation. Linux only.
/// </summary>
public static class ProcessPrivacy
{
    /// <summary><c>PR_SET_DUMPABLE</c> of <c>linux/prctl.h</c>.</summary>
    private const int SetDumpable = 4;

    /// <summary><c>RLIMIT_CORE</c> of Linux.</summary>
    private const int CoreSize = 4;

    // The runtime opens these before the program's first line; any process that may connect to one can request a dump.
    private static readonly string[] Doors =
    [
        "dotnet-diagnostic-{0}-*-socket",
        "clr-debug-pipe-{0}-*-in",
        "clr-debug-pipe-{0}-*-out",
    ];

    /// <summary>Applies the protection; a program calls it first.</summary>
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
            // Another C library, or a folder without access: the steps before stay in effect.
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
