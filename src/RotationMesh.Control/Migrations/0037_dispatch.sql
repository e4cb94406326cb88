-- Made up for each take of partitions: a result counts only if it names that of its attempt. A restored ledger gives out partition and
-- attempt numbers again. Null: never taken, or by an earlier release.
ALTER TABLE rotationmesh.partitions ADD COLUMN dispatch uuid;
