using RotationMesh.Core;
using RotationMesh.Tables.Rows;

namespace RotationMesh.Tables.Verification;

/// <summary>Counts the rows of a partition that were verified, and passes on those that do not decrypt.</summary>
internal sealed class VerificationTally(Action<RowCounts> progress, FailureTally failures)
{
    /// <summary>Rows between two calls of the progress callback.</summary>
    private const int ProgressRows = 1000;

    private long rows;
    private long changing;
    private long empty;
    private long values;
    private RowCounts reported = RowCounts.None;

    /// <summary>Number of rows so far.</summary>
    public long Rows => rows;

    /// <summary>Adds a row: why it does not decrypt, or how many of its values do.</summary>
    public Task AddAsync(RowFailure? failure, int decrypted)
    {
        rows++;
        values += decrypted;
        if (failure is not null)
            failures.Add(failure);
        else if (decrypted == 0)
            empty++;
        if (rows - reported.Verified >= ProgressRows)
            Report();
        return failures.TellEnoughAsync();
    }

    /// <summary>Adds rows that changed each time that they were to be decrypted.</summary>
    public void AddChanging(int more) => changing += more;

    /// <summary>Passes on the failures so far, and returns the sums of all rows so far.</summary>
    public async Task<VerificationOutcome> EndAsync()
    {
        Report();
        await failures.TellAsync();
        return new(Counts() with { Contended = changing, Values = values });
    }

    private void Report()
    {
        var now = Counts();
        progress(
            new RowCounts
            {
                Verified = now.Verified - reported.Verified,
                Failed = now.Failed - reported.Failed,
                Empty = now.Empty - reported.Empty,
            }
        );
        reported = now;
    }

    private RowCounts Counts() =>
        new()
        {
            Verified = rows,
            Failed = failures.Count,
            Empty = empty,
        };
}
