using RotationMesh.Core;
using RotationMesh.Tables.Rows;

namespace RotationMesh.Tables.Verification;

/// <summary>Counts the rows of a partition that were verified, and passes on those that do not decrypt.</summary>
internal sealed class VerificationTally(Action<long> progress, FailureTally failures)
{
    /// <summary>Rows between two calls of the progress callback.</summary>
    private const int ProgressRows = 1000;

    private long rows;
    private long changing;
    private long empty;
    private long values;
    private long reported;

    /// <summary>Number of rows so far.</summary>
    public long Rows => rows;

    /// <summary>Adds a row: why it does not decrypt, or how many of its values do.</summary>
    public Task AddAsync(RowFailure? failure, int decrypted)
    {
        rows++;
        values += decrypted;
        if (rows - reported >= ProgressRows)
            Report();
        if (failure is null)
        {
            empty += decrypted == 0 ? 1 : 0;
            return Task.CompletedTask;
        }

        failures.Add(failure);
        return failures.TellEnoughAsync();
    }

    /// <summary>Adds rows that changed each time that they were to be decrypted.</summary>
    public void AddChanging(int more) => changing += more;

    /// <summary>Passes on the failures so far, and returns the sums of all rows so far.</summary>
    public async Task<VerificationOutcome> EndAsync()
    {
        Report();
        await failures.TellAsync();
        return new(
            new RowCounts
            {
                Verified = rows,
                Failed = failures.Count,
                Contended = changing,
                Empty = empty,
                Values = values,
            }
        );
    }

    private void Report()
    {
        progress(rows - reported);
        reported = rows;
    }
}
