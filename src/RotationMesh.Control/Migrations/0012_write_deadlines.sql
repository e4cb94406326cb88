-- Until when a partition may be written, by the clock of its database. write_until is that of the attempt that is with a worker;
-- left_until the latest of those attempts that ended without anybody knowing that nothing of them goes on: a worker that was not
-- heard of may only be frozen. A rotation is over when both have passed. cut_short counts the attempts that had too little time:
-- each doubles the time of the next.
ALTER TABLE rotationmesh.partitions
    ADD COLUMN write_until timestamptz,
    ADD COLUMN left_until timestamptz,
    ADD COLUMN cut_short integer NOT NULL DEFAULT 0 CHECK (cut_short >= 0),
    ADD CONSTRAINT written_while_dispatched CHECK (write_until IS NULL OR state = 'dispatched');

-- What an earlier version of the program handed out bears no deadline. Its workers are to be stopped before the upgrade; their last
-- batch takes no longer than this.
UPDATE rotationmesh.partitions SET left_until = pg_catalog.now() + interval '1 minute' WHERE state = 'dispatched';

-- Few of many: what may still be written by workers that were not heard of.
CREATE INDEX partitions_left ON rotationmesh.partitions (sweep_table_id) WHERE left_until IS NOT NULL;
