-- Rows whose value lives in a store outside the database fail in ways of their own.
ALTER TABLE rotationmesh.row_failures
    DROP CONSTRAINT row_failures_error_check,
    ADD CONSTRAINT row_failures_error_check
        CHECK (error IN ('AuthenticationFailed', 'MalformedEnvelope', 'UnknownKeyVersion', 'NewerVersion',
                         'EmptyPlaintext', 'DatabaseError', 'ExternalValueMissing', 'StoreError'));
