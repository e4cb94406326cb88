-- What an operator said of the gates when the rotation was started.
ALTER TABLE rotationmesh.rotations
    ADD COLUMN pause_workers boolean NOT NULL DEFAULT false,
    ADD COLUMN ignored_gates jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(ignored_gates) = 'array'),
    ADD COLUMN snapshot_taken_at timestamptz;

-- Queues of the application that we paused, and nobody has resumed for us since. Written before the queue is paused: after
-- a crash it is known what to resume. No foreign key: an embedded rotation pauses before it is recorded.
CREATE TABLE rotationmesh.paused_queues (
    gate text NOT NULL,
    queue text NOT NULL,
    rotation_id uuid, -- NULL: paused by 'workers pause'
    paused_at timestamptz NOT NULL DEFAULT now(),
    paused_by text NOT NULL,
    PRIMARY KEY (gate, queue)
);

CREATE INDEX paused_queues_rotation ON rotationmesh.paused_queues (rotation_id);
