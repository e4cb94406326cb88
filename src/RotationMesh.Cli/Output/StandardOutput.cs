using System.Text;

namespace RotationMesh.Cli.Output;

/// <summary>
/// Writes to standard output. Where it is closed or its disk full, throws an <see cref="IOException"/> that says so: a reader
/// must not take missing output for success, and the framework's own messages do not name standard output.
/// </summary>
internal sealed class StandardOutput(TextWriter output) : TextWriter
{
    public override Encoding Encoding => output.Encoding;

    public override void Write(char value) => Guard(() => output.Write(value));

    public override void Write(char[] buffer, int index, int count) =>
        Guard(() => output.Write(buffer, index, count));

    public override void Write(string? value) => Guard(() => output.Write(value));

    public override void WriteLine(string? value) => Guard(() => output.WriteLine(value));

    public override void Flush() => Guard(output.Flush);

    private static void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception fault)
            when (fault
                    is IOException
                        or ArgumentException
                        or UnauthorizedAccessException
                        or ObjectDisposedException
            )
        {
            throw new IOException("standard output can't be written: is it closed, or its disk full?", fault);
        }
    }
}
