using System.ComponentModel;
using System.Runtime.InteropServices;

namespace RotationMesh.TestKit.Processes;

/// <summary>A POSIX signal; the framework itself only sends SIGKILL.</summary>
internal sealed class Signal
{
    public static readonly Signal Interrupt = new(2);
    public static readonly Signal Terminate = new(15);

    /// <summary>As numbered by Linux.</summary>
    public static readonly Signal Stop = new(19);

    /// <summary>As numbered by Linux.</summary>
    public static readonly Signal Continue = new(18);

    private readonly int number;

    private Signal(int number) => this.number = number;

    public void SendTo(int process)
    {
        if (kill(process, number) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int process, int signal);
}
