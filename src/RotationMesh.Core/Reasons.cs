namespace RotationMesh.Core;

/// <summary>
/// Reasons why a rotation stands still, is paused, is refused or ends with rows left, or why a key stays in service: the fixed
/// part of each message. docs/operations.md says what each means and what to do.
/// </summary>
public static class Reasons
{
    /// <summary>Another coordinator holds a step of the rotation, and gives no sign of life.</summary>
    public const string StepHeld = "waits for whoever holds its step";

    /// <summary>A coordinator tried a step of the rotation again and again, and it failed each time.</summary>
    public const string StepFailed = "a coordinator failed at its step";

    /// <summary>A worker that was given rows is not heard of: it may be frozen, and may write until its deadline.</summary>
    public const string WriteMayCome = "for writes handed to workers that did not answer";

    /// <summary>A session of a worker is still inside a write of this rotation.</summary>
    public const string WriteUnderWay = "waits for the end of a write in database";

    /// <summary>A database that was written to does not answer.</summary>
    public const string DatabaseNotAsked = "can't be asked whether writes have ended";

    /// <summary>A cancelled rotation keeps its claim on the rows until nobody can write for it any more.</summary>
    public const string CancelledBefore =
        "on the same rows: it was cancelled, and workers that did not answer may still write for it";

    /// <summary>Another rotation has a claim on some of the rows.</summary>
    public const string OtherRotation = "runs on some of the same rows: wait for its end, or cancel";

    /// <summary>The connection string of this process leads to a copy, a restored dump or another server.</summary>
    public const string OtherDatabase = "is another one than the rotation began with";

    /// <summary>A database does not answer before the rotation ends.</summary>
    public const string UnknownDatabase = "does not say which one it is";

    /// <summary>Verification was planned by a release that did so before every database had told which one it is.</summary>
    public const string UnrecordedDatabase = "was not recorded before its rows were decrypted";

    /// <summary>Transactions that began before the closing census may still commit rows.</summary>
    public const string OpenBeforeCensus = "waits for transactions that were open before it";

    /// <summary>A commit waits for a standby that does not confirm it.</summary>
    public const string NotDurable = "did not make a commit durable within";

    /// <summary>A database was silent for longer than a step may take.</summary>
    public const string NotInTime = "it does not answer in time";

    /// <summary>There is no connection to the database, or it broke.</summary>
    public const string OutOfReach = "it can't be reached or did not answer";

    /// <summary>The server answers a statement with an error; its SQLSTATE follows.</summary>
    public const string Refused = "the server refused";

    /// <summary>The database takes no writes: a failover, or a guard of the disk.</summary>
    public const string ReadOnly = "the database is read-only (a standby?)";

    /// <summary>A connection of those who may only count and write on a primary leads to a standby.</summary>
    public const string Standby = "the connection leads to a standby, which may be behind";

    /// <summary>The limit of connections of the server, the database or the role is reached.</summary>
    public const string NoConnectionLeft = "the server has no connection left for the role";

    /// <summary>A row holds bytes that the server can't return as text: its encoding (SQL_ASCII) admits any bytes.</summary>
    public const string NoText = "a row holds bytes that are no text in UTF-8";

    /// <summary>A text can't be converted to the encoding of the database, or one from the database not to UTF-8.</summary>
    public const string NoCounterpart = "a text has no counterpart in the other encoding";

    /// <summary>The coordinator has lost the session with the rotation's lock in the database, and gets no new one.</summary>
    public const string VersionNotHeld = "nothing is written there, for the lock of version";

    /// <summary>Partitions were sent, and no worker took one.</summary>
    public const string NoWorkers = "no worker has been heard of";

    /// <summary>The broker's limit for the acknowledgement of a message is shorter than a partition takes.</summary>
    public const string ConsumerTimeout = "consumer_timeout";

    /// <summary>A worker has another map, key or database than the rotation.</summary>
    public const string WorkerRefuses = "refuses:";

    /// <summary>The process reads another map than the one that started the rotation.</summary>
    public const string MapDiffers = "the rotation map differs from the rotation's";

    /// <summary>The process has no key of the target version.</summary>
    public const string KeyMissing = "the key ring lacks the rotation's target version";

    /// <summary>The process has another key under the number of the target version.</summary>
    public const string KeyDiffers =
        "the key of the target version has another fingerprint than the rotation's";

    /// <summary>The target version was retired, or its key was retired under another version.</summary>
    public const string VersionRetired = "nothing is written towards it";

    /// <summary>The coordinator could not read rows for its own sample before the end.</summary>
    public const string NoSample = "a sample of its own could not be decrypted";

    /// <summary>No coordinator runs with this control database, or none has polled it yet.</summary>
    public const string NotTakenUp = "no coordinator has taken it up yet";

    /// <summary>The process of an embedded rotation has ended without recording it.</summary>
    public const string Abandoned = "nobody runs it any more: the process that did is gone";

    /// <summary>More than a twentieth of the partitions or rows failed: a key, a format or a database is wrong.</summary>
    public const string BreakerTripped = "the circuit breaker has tripped";

    /// <summary>The version that a retry would undo: a later rotation took the rows there.</summary>
    public const string LaterUndone = "since, and a retry would undo that";

    /// <summary>A named tenant is mistyped, or its rows were deleted while the rotation ran.</summary>
    public const string TenantsUnknown = "no table of the map has rows of tenant";

    /// <summary>Somebody retires the target version, or may have done so while the rotation had lost its lock.</summary>
    public const string VersionClosed = "while this rotation did not hold it";

    /// <summary>Every worker that takes the partition dies, perhaps for lack of memory.</summary>
    public const string GivenUp = "given up, because every worker that took one vanished";

    /// <summary>The application still writes under another key version.</summary>
    public const string WrittenMeanwhile = "were written while the rotation ran";

    /// <summary>Whole partitions failed.</summary>
    public const string PartitionsNotDone = "partitions were not done";

    /// <summary>A table was not planned: its database did not answer, or was refused.</summary>
    public const string NothingPlanned = "the last pass planned nothing of it";

    /// <summary>Transactions stayed open for longer than the closing census waits.</summary>
    public const string StillOpen = "and may still bring rows of another version";

    /// <summary>The record of the closing census is missing, or not sealed by this key ring.</summary>
    public const string NoCensus = "no closing census of this sweep is recorded";

    /// <summary>Workers counted rows that do not decrypt, and recorded none of them.</summary>
    public const string UnreadableUnrecorded = "rows that do not decrypt, of which none is recorded";

    /// <summary>The closing census lacks a table of the rotation.</summary>
    public const string NotCounted = "it was not counted";

    /// <summary>Verification read fewer rows than the census counted.</summary>
    public const string RowsNotVerified = "rows where about";

    /// <summary>
    /// A table, or a leaf of it, is not what it was when its reading began, or another column has the name of one that was read.
    /// </summary>
    public const string LeafChanged =
        "was renamed, replaced, rewritten, attached or detached, or got other columns, while rows were read";

    /// <summary>A column of an earlier rotation, or that this one began with: no version of its row would tell the key of its value.</summary>
    public const string ColumnLeftOut = "holds values and is not in this map";

    /// <summary>A column was replaced, or got another type, after the rows of a partition were planned.</summary>
    public const string Replanned =
        "has other columns by the names of the map than when its rows were planned";

    /// <summary>A table was renamed or moved, and another one has its name: its rows are in no count.</summary>
    public const string Replaced = "another table took its name while the rotation ran";

    /// <summary>Tenants of a list have rows, and the list lacks them now: their rows are in no count.</summary>
    public const string TenantsLeft = "tenants are not on its list any more";

    /// <summary>Leaves of a table exist and are in no count, because they were detached.</summary>
    public const string Detached = "parts were detached from it while the rotation ran";

    /// <summary>Verification was planned by a release that does not record the leaves, or while the table was gone.</summary>
    public const string LeavesUnknown =
        "nobody recorded its partitions when its verification was planned, perhaps an earlier release";

    /// <summary>The coordinator has no key of the target version.</summary>
    public const string NoKeyToSample = "and could not look for itself";

    /// <summary>Rows that the census counted were gone when the sample was taken.</summary>
    public const string NothingSampled =
        "the coordinator found no value to sample, where the census found some";

    /// <summary>Values at the target version do not decrypt in the coordinator's sample, whatever workers reported.</summary>
    public const string SampleUnreadable = "that the coordinator sampled do not decrypt";

    /// <summary>Rows that changed, or moved, after workers had begun to read their table do not decrypt.</summary>
    public const string NewerUnreadable =
        "rows that were written since their verification was planned do not decrypt";

    /// <summary>External rows hold values in the table as well, under another key version than the rows claim.</summary>
    public const string InlineValues = "decrypt with key version";

    /// <summary>Rows name an object of the store, but the map's predicate does not select them.</summary>
    public const string StrayRows = "are not external by the map's predicate";

    /// <summary>The record of a rotation was changed by hand, or sealed with a key that is not in the ring.</summary>
    public const string RecordNotSealed = "its record says Completed, and is not sealed by this key ring";

    /// <summary>The process that asks has no keys.</summary>
    public const string RecordNotChecked =
        "not checked: nobody can tell without the master key that sealed its record";

    /// <summary>A request arrived a day after it was asked, or after others that were asked ten minutes later.</summary>
    public const string AskedTooLongAgo = "it was asked too long ago";

    /// <summary>A later rotation on the same rows has ended this one, whose process was gone.</summary>
    public const string PredecessorGone = "which found that its process was gone";

    /// <summary>The target version is being retired in a database.</summary>
    public const string VersionBeingRetired = "rotate to a version that stays in service";

    /// <summary>Partitions fail for a cause that may pass.</summary>
    public const string TriedAgain = "partitions that failed are tried again";

    /// <summary>A database hangs.</summary>
    public const string NoAnswer = "it did not answer within";

    /// <summary>Transactions that were open when a retirement counted may commit what it does not see.</summary>
    public const string OpenAtCount =
        "transactions that were open when rows were counted may bring values to where nobody sees them";

    /// <summary>The scan of a retirement could not look at a table or column.</summary>
    public const string NotLookedAt = "not looked at in database";

    /// <summary>A session has locked a table of the map.</summary>
    public const string TableLocked = "is locked by";

    /// <summary>A session waits for a lock of a table, and all others wait behind it.</summary>
    public const string TableWanted = "and lets nobody read before it";

    /// <summary>A table was locked for longer than a reader waits, and is free now.</summary>
    public const string LockGone = "somebody had locked it, and has not any more";

    /// <summary>A commit waits for a standby that does not confirm it.</summary>
    public const string StandbyAwaited = "for a standby of synchronous_standby_names";

    /// <summary>A statement takes long, and nothing blocks it.</summary>
    public const string StatementSlow = "a statement has been under way";

    /// <summary>A statement waits for a lock.</summary>
    public const string StatementWaits = "a statement has waited";

    /// <summary>A rotation stood still for too long because the map no longer fits a database.</summary>
    public const string WaitedTooLong = "it was waited for";

    /// <summary>Others use the connections that the workers need.</summary>
    public const string ConnectionsInUse = "waiting until they are free";
}
