-- The ledger: what a sweep is to do, cut into partitions, and what came of each. It is the dispatcher's outbox as well.

-- One pass of one phase over everything that a rotation covers. Nothing is settled before planned_at: until then more
-- partitions may come.
CREATE TABLE rotationmesh.sweeps (
    rotation_id uuid NOT NULL REFERENCES rotationmesh.rotations ON DELETE CASCADE,
    sweep integer NOT NULL CHECK (sweep >= 1),
    phase text NOT NULL CHECK (phase IN ('rotate', 'verify')),
    started_at timestamptz NOT NULL DEFAULT now(),
    planned_at timestamptz,
    PRIMARY KEY (rotation_id, sweep, phase)
);

-- One table in a sweep, with running totals: what settles partitions adds to them in the same transaction. Adding up a
-- million partitions takes the better part of a second, too long for a question asked every second.
CREATE TABLE rotationmesh.sweep_tables (
    sweep_table_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rotation_id uuid NOT NULL,
    sweep integer NOT NULL,
    phase text NOT NULL,
    scope text NOT NULL,
    database_name text NOT NULL,
    table_name text NOT NULL,
    priority smallint NOT NULL,
    partitions bigint NOT NULL DEFAULT 0,
    done bigint NOT NULL DEFAULT 0 CHECK (done >= 0),
    failed bigint NOT NULL DEFAULT 0 CHECK (failed >= 0),
    expected_rows bigint NOT NULL DEFAULT 0 CHECK (expected_rows >= 0),
    rotated bigint NOT NULL DEFAULT 0 CHECK (rotated >= 0),
    conflicts bigint NOT NULL DEFAULT 0 CHECK (conflicts >= 0),
    contended bigint NOT NULL DEFAULT 0 CHECK (contended >= 0),
    failed_rows bigint NOT NULL DEFAULT 0 CHECK (failed_rows >= 0),
    verified bigint NOT NULL DEFAULT 0 CHECK (verified >= 0),
    UNIQUE (rotation_id, sweep, phase, scope, database_name, table_name),
    FOREIGN KEY (rotation_id, sweep, phase) REFERENCES rotationmesh.sweeps ON DELETE CASCADE,
    CONSTRAINT no_more_settled_than_planned CHECK (done + failed <= partitions)
) WITH (fillfactor = 50); -- updated by every settlement, in place

-- One partition. attempt is the fencing number: each dispatch raises it, and only a result of that very attempt counts.
-- failures and expiries count towards the limits of retrying; the operator's retry sets them back.
CREATE TABLE rotationmesh.partitions (
    partition_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sweep_table_id bigint NOT NULL REFERENCES rotationmesh.sweep_tables ON DELETE CASCADE,
    sequence integer NOT NULL CHECK (sequence >= 1),
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'dispatched', 'done', 'failed')),
    attempt integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    expiries integer NOT NULL DEFAULT 0 CHECK (expiries >= 0),
    expected_rows bigint NOT NULL CHECK (expected_rows >= 0),
    not_before timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz,
    settled_at timestamptz,
    rotated bigint CHECK (rotated >= 0),
    conflicts bigint CHECK (conflicts >= 0),
    contended bigint CHECK (contended >= 0),
    failed_rows bigint CHECK (failed_rows >= 0),
    verified bigint CHECK (verified >= 0),
    worker text CHECK (length(worker) <= 200),
    last_error text CHECK (length(last_error) <= 500),
    range jsonb NOT NULL CHECK (jsonb_typeof(range) = 'object' AND range -> 'leaf' ? 'name'),
    UNIQUE (sweep_table_id, sequence),
    CONSTRAINT leased_while_dispatched CHECK ((lease_until IS NOT NULL) = (state = 'dispatched')),
    CONSTRAINT settled_at_the_end CHECK ((settled_at IS NOT NULL) = (state IN ('done', 'failed'))),
    CONSTRAINT counted_when_done
        CHECK (num_nonnulls(rotated, conflicts, contended, failed_rows, verified) = CASE state WHEN 'done' THEN 5 ELSE 0 END),
    CONSTRAINT failed_for_a_reason CHECK (state <> 'failed' OR last_error IS NOT NULL),
    CONSTRAINT attempted_once_dispatched CHECK (state = 'pending' OR attempt >= 1),
    CONSTRAINT no_more_strikes_than_attempts CHECK (failures + expiries <= attempt)
) WITH (
    -- A partition is rewritten twice in its life. Its new versions find room on its own page, and the dead ones are
    -- taken away there.
    fillfactor = 60,
    autovacuum_vacuum_scale_factor = 0.05,
    autovacuum_analyze_scale_factor = 0.05
);

-- What to take next of a table: by the time it is due, so what comes back after a failure queues behind the rest.
CREATE INDEX partitions_pending ON rotationmesh.partitions (sweep_table_id, not_before, partition_id)
    WHERE state = 'pending';

-- How much of the window is in use, and what to reclaim.
CREATE INDEX partitions_dispatched ON rotationmesh.partitions (sweep_table_id, lease_until) WHERE state = 'dispatched';

-- What to retry.
CREATE INDEX partitions_failed ON rotationmesh.partitions (sweep_table_id) WHERE state = 'failed';

-- Workers that would not touch a partition, because their map or key differs from the rotation's.
CREATE TABLE rotationmesh.refusals (
    rotation_id uuid NOT NULL REFERENCES rotationmesh.rotations ON DELETE CASCADE,
    worker text NOT NULL CHECK (length(worker) BETWEEN 1 AND 200),
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    refusals bigint NOT NULL CHECK (refusals >= 1),
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (rotation_id, worker, reason),
    CHECK (first_at <= last_at)
);

-- Tables that a rotation has to itself until it ends: for some tenants, or for all where tenants is NULL.
CREATE TABLE rotationmesh.claims (
    rotation_id uuid NOT NULL REFERENCES rotationmesh.rotations ON DELETE CASCADE,
    database_name text NOT NULL,
    table_name text NOT NULL,
    tenants text[] CHECK (cardinality(tenants) > 0),
    claimed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (rotation_id, database_name, table_name)
);

CREATE INDEX claims_table ON rotationmesh.claims (database_name, table_name);
