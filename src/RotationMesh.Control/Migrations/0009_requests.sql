-- What operators ask of rotations, as messages that a coordinator passes on to the saga: asking works while the broker or
-- every coordinator is away, and from processes that have no bus. Kept for a while after they were sent.
CREATE TABLE rotationmesh.requests (
    request_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rotation_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('StartRotation', 'PauseRotation', 'ResumeRotation', 'CancelRotation', 'RetryRotation')),
    message jsonb NOT NULL CHECK (jsonb_typeof(message) = 'object'),
    trace_parent text CHECK (length(trace_parent) <= 100),
    requested_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz
);

CREATE INDEX requests_unsent ON rotationmesh.requests (request_id) WHERE sent_at IS NULL;
CREATE INDEX requests_rotation ON rotationmesh.requests (rotation_id);
