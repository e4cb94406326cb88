using RotationMesh.Operations;
using RotationMesh.Operations.Documents;

namespace RotationMesh.ApiTests.Limits;

/// <summary>Inspections of which a look at the keys takes until it is let go.</summary>
internal sealed class HeldInspections(IInspections real) : IInspections
{
    private readonly TaskCompletionSource entered = new();
    private readonly TaskCompletionSource givenUp = new();
    private readonly TaskCompletionSource released = new();
    private int now;

    /// <summary>Done when the first look has begun.</summary>
    public Task Entered => entered.Task.WaitAsync(TimeSpan.FromMinutes(1));

    /// <summary>Done when a look was given up.</summary>
    public Task GivenUp => givenUp.Task.WaitAsync(TimeSpan.FromMinutes(1));

    /// <summary>Most looks that there were at the same time.</summary>
    public int AtOnce { get; private set; }

    /// <summary>Looks that have begun.</summary>
    public int Looks { get; private set; }

    public void LetGo() => released.TrySetResult();

    public async Task<KeysDocument> ListKeysAsync(CancellationToken cancellationToken)
    {
        AtOnce = Math.Max(AtOnce, Interlocked.Increment(ref now));
        Looks++; // one after the other
        entered.TrySetResult();
        try
        {
            await released.Task.WaitAsync(cancellationToken);
            return await real.ListKeysAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            givenUp.TrySetResult();
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref now);
        }
    }

    public Task<RotationDocument> DryRunAsync(
        RotationOrder order,
        IProgress<ProgressDocument> progress,
        CancellationToken cancellationToken
    ) => real.DryRunAsync(order, progress, cancellationToken);

    public Task<VerificationDocument> VerifyAsync(
        VerificationOrder order,
        IProgress<ProgressDocument> progress,
        CancellationToken cancellationToken
    ) => real.VerifyAsync(order, progress, cancellationToken);

    public Task<CensusDocument> CountAsync(RowSelection selection, CancellationToken cancellationToken) =>
        real.CountAsync(selection, cancellationToken);

    public Task<DoctorDocument> ExamineAsync(bool scan, CancellationToken cancellationToken) =>
        real.ExamineAsync(scan, cancellationToken);
}
