-- Tables without keys, indexes and constraints: those are made once the rows are in, which is faster.

CREATE TYPE "ConnectorProvider" AS ENUM ('google', 'slack', 'notion', 'hubspot', 'github');
CREATE TYPE "ConnectorStatus" AS ENUM ('active', 'expired', 'revoked');

CREATE TABLE tenants (
  id          text         NOT NULL,
  name        text         NOT NULL,
  "createdAt" timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE connectors (
  id                      text                NOT NULL,
  "tenantId"              text                NOT NULL,
  provider                "ConnectorProvider" NOT NULL,
  status                  "ConnectorStatus"   NOT NULL DEFAULT 'active',
  "encryptedAccessToken"  text                NOT NULL,
  "encryptedRefreshToken" text,
  "tokenExpiresAt"        timestamp(3),
  scopes                  text[],
  metadata                jsonb,
  "createdAt"             timestamp(3)        NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt"             timestamp(3)        NOT NULL,
  encryption_key_version  int                 NOT NULL DEFAULT 1
);

CREATE TABLE knowledge_sources (
  id                     text         NOT NULL,
  "tenantId"             text,
  name                   text         NOT NULL,
  type                   text         NOT NULL,
  provider               text         NOT NULL,
  status                 text         NOT NULL DEFAULT 'active',
  storage_strategy       text         NOT NULL DEFAULT 'database',
  configuration          jsonb,
  created_at             timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at             timestamp(3) NOT NULL,
  encryption_key_version int          NOT NULL DEFAULT 1
);

CREATE TABLE knowledge_entries (
  id                     text         NOT NULL,
  "tenantId"             text,
  source                 text         NOT NULL,
  content                text         NOT NULL,
  embedding              real[],
  metadata               jsonb,
  "createdAt"            timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt"            timestamp(3) NOT NULL,
  "sourceId"             text,
  checksum               text,
  chunk_size             int,
  token_count            int,
  storage_key            text,
  retention_expires_at   timestamp(3),
  encryption_key_version int          NOT NULL DEFAULT 1
);

-- By this comment a later load knows that it may drop them.
COMMENT ON TYPE "ConnectorProvider" IS 'RotationMesh sample';
COMMENT ON TYPE "ConnectorStatus" IS 'RotationMesh sample';
COMMENT ON TABLE tenants IS 'RotationMesh sample';
COMMENT ON TABLE connectors IS 'RotationMesh sample';
COMMENT ON TABLE knowledge_sources IS 'RotationMesh sample';
COMMENT ON TABLE knowledge_entries IS 'RotationMesh sample';
