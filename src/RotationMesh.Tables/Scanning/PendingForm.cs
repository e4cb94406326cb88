using RotationMesh.Tables.Scanning.Values;

namespace RotationMesh.Tables.Scanning;

/// <summary>Bytes of a value that may be an envelope; no tenant that their row names opens them.</summary>
internal sealed class PendingForm(ScannedText text, EnvelopeForm form, NearTenants near)
{
    public byte[] Raw => form.Raw;

    public NearTenants Near => near;

    public ScannedText Text => text;

    /// <summary>Whether it, or another reading of its digits or bytes, was opened.</summary>
    public bool IsOpen => text.HasOpened(form.Run);

    public void Open(Opening opening) => text.Open(form.Run, opening);
}

/// <summary>
/// What was found in one text. It may hold several envelopes, such as the old value and the new one, and each counts.
/// </summary>
internal sealed class ScannedText
{
    private readonly List<EnvelopeRun> opened = [];

    public HashSet<Opening> Openings { get; } = [];

    public bool IsLikely { get; set; }

    /// <summary>Why a form in it was not tried with every tenant and key; null where each was.</summary>
    public UntriedCause? Untried { get; set; }

    /// <summary>Whether the run, or one that it is a piece of, was opened.</summary>
    public bool HasOpened(EnvelopeRun run) => opened.Exists(run.IsIn);

    public void Open(EnvelopeRun run, Opening opening)
    {
        opened.Add(run);
        Openings.Add(opening);
    }
}
