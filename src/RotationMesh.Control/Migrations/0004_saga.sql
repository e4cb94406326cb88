-- A rotation is the instance of a saga: its row says where it is, and what it does next after any crash.
ALTER TABLE rotationmesh.rotations RENAME COLUMN rotation_id TO correlation_id;

ALTER TABLE rotationmesh.rotations
    DROP CONSTRAINT rotations_state_check,
    DROP CONSTRAINT ended_when_over,
    ADD CONSTRAINT known_state CHECK (state IN ('Checking', 'AwaitingGates', 'Planning', 'Rotating', 'Verifying', 'Paused',
                                                'Completed', 'CompletedWithFailures', 'Cancelled', 'Faulted')),
    ADD COLUMN requested_by text, -- NULL: not driven by the saga
    ADD COLUMN embedded boolean NOT NULL DEFAULT true,
    ADD COLUMN batch_size integer NOT NULL DEFAULT 1000 CHECK (batch_size BETWEEN 1 AND 100000),
    ADD COLUMN allow_downgrade boolean NOT NULL DEFAULT false,
    ADD COLUMN sweep integer NOT NULL DEFAULT 0 CHECK (sweep >= 0),
    ADD COLUMN settled_sweep integer NOT NULL DEFAULT 0,
    ADD COLUMN verified_sweep integer NOT NULL DEFAULT 0,
    ADD COLUMN idle_sweeps integer NOT NULL DEFAULT 0 CHECK (idle_sweeps >= 0),
    ADD COLUMN left_rows bigint CHECK (left_rows >= 0),
    ADD COLUMN retrying boolean NOT NULL DEFAULT false,
    ADD COLUMN breaker_off boolean NOT NULL DEFAULT false,
    ADD COLUMN paused_in text,
    ADD COLUMN gate_lost_in text,
    ADD COLUMN reason text,
    ADD COLUMN concluded boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT no_sweep_settled_before_it_began CHECK (settled_sweep <= sweep AND verified_sweep <= sweep),
    ADD CONSTRAINT knows_where_to_resume CHECK ((paused_in IS NOT NULL) = (state = 'Paused')),
    ADD CONSTRAINT resumes_what_runs
        CHECK (paused_in IN ('Checking', 'AwaitingGates', 'Planning', 'Rotating', 'Verifying')),
    ADD CONSTRAINT faulted_for_a_reason CHECK (state <> 'Faulted' OR reason IS NOT NULL OR requested_by IS NULL);

-- The end is the database's to date, as the start is: a coordinator's clock may differ.
CREATE FUNCTION rotationmesh.date_the_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.ended_at := CASE WHEN NEW.state IN ('Completed', 'CompletedWithFailures', 'Cancelled', 'Faulted')
                         THEN coalesce(NEW.ended_at, now()) END;
    RETURN NEW;
END $$;

CREATE TRIGGER date_the_end BEFORE INSERT OR UPDATE ON rotationmesh.rotations
    FOR EACH ROW EXECUTE FUNCTION rotationmesh.date_the_end();

CREATE INDEX rotations_running ON rotationmesh.rotations (correlation_id) WHERE ended_at IS NULL;

-- What the censuses of a rotation said of each table: before the first row was written, and last.
CREATE TABLE rotationmesh.rotation_tables (
    rotation_id uuid NOT NULL REFERENCES rotationmesh.rotations ON DELETE CASCADE,
    scope text NOT NULL,
    database_name text NOT NULL,
    table_name text NOT NULL,
    opening_pending bigint NOT NULL CHECK (opening_pending >= 0),
    stored bigint NOT NULL CHECK (stored >= 0),
    pending bigint NOT NULL CHECK (pending BETWEEN 0 AND stored),
    external_rows bigint NOT NULL CHECK (external_rows >= 0),
    counted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (rotation_id, scope, database_name, table_name)
);
