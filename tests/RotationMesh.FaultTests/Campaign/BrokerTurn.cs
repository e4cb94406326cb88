namespace RotationMesh.FaultTests.Campaign;

/// <summary>One at a time: all sites have one broker, and while it restarts nobody can ask it for anything.</summary>
internal static class BrokerTurn
{
    private static readonly SemaphoreSlim Turn = new(1);

    /// <summary>Waits until nobody else is at the broker, and asks it.</summary>
    public static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        await Turn.WaitAsync();
        try
        {
            return await ask();
        }
        finally
        {
            Turn.Release();
        }
    }
}
