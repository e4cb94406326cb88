-- A row whose value is larger than the map allows fails with the size of that value.
ALTER TABLE rotationmesh.row_failures
    ADD COLUMN value_size bigint CHECK (value_size > 0),
    DROP CONSTRAINT row_failures_error_check,
    ADD CONSTRAINT row_failures_error_check
        CHECK (error IN ('AuthenticationFailed', 'MalformedEnvelope', 'UnknownKeyVersion', 'NewerVersion',
                         'EmptyPlaintext', 'DatabaseError', 'ExternalValueMissing', 'StoreError', 'ValueTooLarge'));
