using System.Text;

namespace RotationMesh.TestKit.Processes;

/// <summary>Reads a stream to its end while others look at what has come so far.</summary>
internal sealed class CapturedText
{
    private readonly StringBuilder text = new();
    private readonly Task reading;

    public CapturedText(StreamReader stream) => reading = Task.Run(() => ReadAsync(stream));

    public string SoFar
    {
        get
        {
            lock (text)
            {
                return text.ToString();
            }
        }
    }

    public async Task<string> AllAsync()
    {
        await reading;
        return SoFar;
    }

    private async Task ReadAsync(StreamReader stream)
    {
        var buffer = new char[4096];
        while (await stream.ReadAsync(buffer) is var count and > 0)
        {
            lock (text)
            {
                text.Append(buffer, 0, count);
            }
        }
    }
}
