-- Which versions are retired is what the audit log says; it is asked before each take of partitions.
CREATE INDEX audit_events_retirements ON rotationmesh.audit_events (sequence) WHERE kind = 'KeyRetired';
