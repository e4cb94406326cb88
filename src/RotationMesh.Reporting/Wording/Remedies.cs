namespace RotationMesh.Reporting.Wording;

/// <summary>Says what an error class means, and what to do about it.</summary>
internal static class Remedies
{
    /// <summary>Returns the remedy for an error class; where there is a cause, by the cause.</summary>
    public static string Of(string error, string? cause) =>
        error == "MalformedEnvelope" && cause is not null
            ? "An envelope is followed by text that may be another one. The application reads the first alone, and a rewrite would "
                + "destroy the other. Move what is needed of it to a place of its own, cut the value off after its padding, then retry."
        : error == "AuthenticationFailed" && cause is not null
            ? "Object and row are at different versions: a run ended between the two, or the application wrote the object after its "
                + "row. No rotation to the row's version moves either. Rotate to the object's version (--allow-downgrade where that "
                + "is the lower one): the row follows its object. Then rotate back, where that is meant."
        : error != "DatabaseError" || cause is null ? Of(error)
        : cause.StartsWith("it is held", StringComparison.Ordinal)
            ? "Somebody holds the row in a transaction that does not end. Let that session end it, or end the session, then retry."
        : cause.Contains("trigger", StringComparison.Ordinal)
            ? "A trigger objects to the update, or makes something else of it. Let it pass over the rotation's sessions "
                + "(WHEN (current_setting('application_name') <> 'rotationmesh')), or change what it objects to, then retry."
        : cause.Contains(", constraint ", StringComparison.Ordinal)
            ? "The row does not satisfy the constraint: one that is NOT VALID admits such rows until they are updated. "
                + "Correct the row, or the constraint, then retry."
        : cause.Contains(", index ", StringComparison.Ordinal)
            ? "The index does not take the new value: it is another one, or longer. Change the index, then retry."
        : cause.Contains(", column ", StringComparison.Ordinal)
            ? "The column does not take what the row holds. Correct the row, or the column, then retry."
        : Of(error);

    /// <summary>Returns the remedy for an error class.</summary>
    public static string Of(string error) =>
        error switch
        {
            "AuthenticationFailed" =>
                "The value does not decrypt under the key of the version that its row claims: it was altered, or encrypted "
                    + "under another key, tenant or context. Compare fingerprints with the application's, check format, "
                    + "context and tenant column in the map, then restore the value from a backup.",
            "MalformedEnvelope" =>
                "The value is not an envelope at all: cut off, or plaintext. Find out what wrote it; restore it, or let the "
                    + "application write it again. Do not encrypt it as it is: it may be an envelope that was damaged.",
            "UnknownKeyVersion" =>
                "The row claims a version that the key ring lacks. Add that key to the previous keys, or correct the version "
                    + "where it is a mistake; then retry.",
            "NewerVersion" =>
                "The row is above the target version: something wrote it with a newer key. Rotate to that version, or use "
                    + "--allow-downgrade where it is meant.",
            "EmptyPlaintext" =>
                "The envelope holds nothing, which the application never writes. Find out what wrote it, and let the "
                    + "application write the value again.",
            "DatabaseError" =>
                "The database refused the row: a trigger, a constraint, or a lock that was held to the end. Look at the "
                    + "server's log for that time, mend the cause, then retry.",
            "ExternalValueMissing" =>
                "The row's value lives in a store outside the database, and the object that the row names is not there. "
                    + "Restore it, or remove the row; then retry.",
            "StoreError" =>
                "The store of external values refused, or did not answer; the cause says what it said. Check that it runs, the "
                    + "bucket in the map, and the credentials in the environment, which need the right to read and write objects "
                    + "and their tags; then retry.",
            "ValueTooLarge" =>
                "A value of the row is larger than largestValue of its table in the map (64 MB where it says nothing). Give "
                    + "the table a larger one, up to 1000MB, and the workers up to four times as much memory; then retry.",
            _ => "Look the class up in the documentation.",
        };

    /// <summary>Whether failures of the class may mean damaged values, and not only a missing key or right.</summary>
    public static bool MayBeCorruption(string error) =>
        error is "AuthenticationFailed" or "MalformedEnvelope" or "EmptyPlaintext";
}
