DROP TABLE IF EXISTS knowledge_entries, knowledge_sources, connectors, tenants;
DROP TYPE IF EXISTS "ConnectorProvider", "ConnectorStatus";
