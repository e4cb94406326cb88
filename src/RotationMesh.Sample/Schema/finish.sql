-- The sorts of a large sample do not fit into the server's default of 64 MB.
SET LOCAL maintenance_work_mem = '256MB';

ALTER TABLE tenants ADD PRIMARY KEY (id);
ALTER TABLE connectors ADD PRIMARY KEY (id);
ALTER TABLE knowledge_sources ADD PRIMARY KEY (id);
ALTER TABLE knowledge_entries ADD PRIMARY KEY (id);

CREATE UNIQUE INDEX "connectors_tenantId_provider_key" ON connectors ("tenantId", provider);
CREATE INDEX "connectors_tenantId_idx" ON connectors ("tenantId");
CREATE INDEX connectors_provider_idx ON connectors (provider);
CREATE INDEX connectors_status_idx ON connectors (status);
CREATE INDEX "knowledge_sources_tenantId_idx" ON knowledge_sources ("tenantId");
CREATE INDEX "knowledge_entries_tenantId_idx" ON knowledge_entries ("tenantId");
CREATE INDEX knowledge_entries_source_idx ON knowledge_entries (source);
CREATE INDEX "knowledge_entries_sourceId_idx" ON knowledge_entries ("sourceId");
CREATE INDEX "knowledge_entries_createdAt_idx" ON knowledge_entries ("createdAt");

ALTER TABLE connectors
  ADD CONSTRAINT "connectors_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES tenants (id);
ALTER TABLE knowledge_sources
  ADD CONSTRAINT "knowledge_sources_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES tenants (id);
ALTER TABLE knowledge_entries
  ADD CONSTRAINT "knowledge_entries_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES tenants (id),
  ADD CONSTRAINT "knowledge_entries_sourceId_fkey" FOREIGN KEY ("sourceId") REFERENCES knowledge_sources (id);

-- Enabled, not forced: the owner sees every row, any other role those of the tenant that it has set.
ALTER TABLE connectors ENABLE ROW LEVEL SECURITY;
ALTER TABLE knowledge_sources ENABLE ROW LEVEL SECURITY;
ALTER TABLE knowledge_entries ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON connectors FOR ALL TO PUBLIC
  USING ("tenantId" = current_setting('app.current_tenant_id', true));
CREATE POLICY tenant_isolation ON knowledge_sources FOR ALL TO PUBLIC
  USING ("tenantId" IS NULL OR "tenantId" = current_setting('app.current_tenant_id', true));
CREATE POLICY tenant_isolation ON knowledge_entries FOR ALL TO PUBLIC
  USING ("tenantId" IS NULL OR "tenantId" = current_setting('app.current_tenant_id', true));
