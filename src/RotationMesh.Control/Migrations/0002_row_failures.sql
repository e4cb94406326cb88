-- Rows that a rotation left as they are: enough to find the row, nothing secret.
CREATE TABLE rotationmesh.row_failures (
    rotation_id uuid NOT NULL REFERENCES rotationmesh.rotations ON DELETE CASCADE,
    scope text NOT NULL,
    database_name text NOT NULL,
    table_name text NOT NULL,
    row_key jsonb NOT NULL CHECK (jsonb_typeof(row_key) = 'object'),
    tenant text,
    version bigint,
    error text NOT NULL CHECK (error IN ('AuthenticationFailed', 'MalformedEnvelope', 'UnknownKeyVersion',
                                         'NewerVersion', 'EmptyPlaintext', 'DatabaseError')),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (rotation_id, scope, database_name, table_name, row_key)
);
