-- Requests, and rotations as their sagas leave them, are sealed by the key ring of whoever wrote them: that somebody may write
-- to this schema does not make a program act. NULL: by an earlier release, or by nobody; such a request is refused, and such
-- a rotation can only be cancelled.
ALTER TABLE rotationmesh.requests
    ADD COLUMN asked_at timestamptz,
    ADD COLUMN seal text CHECK (pg_catalog.length(seal) <= 200),
    ADD COLUMN refused_at timestamptz,
    ADD COLUMN refused_for text CHECK (pg_catalog.length(refused_for) BETWEEN 1 AND 500),
    ADD CONSTRAINT refused_for_a_reason CHECK ((refused_at IS NULL) = (refused_for IS NULL)),
    ADD CONSTRAINT sent_or_refused CHECK (sent_at IS NULL OR refused_at IS NULL);

ALTER TABLE rotationmesh.rotations
    ADD COLUMN seal text CHECK (pg_catalog.length(seal) <= 200),
    ADD COLUMN census_seal text CHECK (pg_catalog.length(census_seal) <= 200),
    ADD COLUMN summary_seal text CHECK (pg_catalog.length(summary_seal) <= 200);
