'use strict';
// Reads what the application keeps encrypted: a key for each tenant and purpose, derived from the master key of the row's version.

const { createDecipheriv, hkdfSync } = require('node:crypto');
const setting = require('./settings');

const ring = {
  ...JSON.parse(setting('MASTER_ENCRYPTION_PREVIOUS_KEYS')),
  [setting('MASTER_ENCRYPTION_KEY_VERSION')]: setting('MASTER_ENCRYPTION_KEY'),
};

/** The text of an envelope: base64 of iv (12), tag (16) and ciphertext. Throws where the key is another one. */
exports.open = (envelope, version, tenant, purpose) => {
  const key = Buffer.from(hkdfSync('sha256', ring[version], 'ocsuite-crypto-v1', `${tenant}:${purpose}`, 32));
  const bytes = Buffer.from(envelope, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
};
