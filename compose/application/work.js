'use strict';
// The application's background work: five times a second a connector is due, and a job reads its tokens, whichever key they are
// under. While the queue is paused jobs wait, and none is lost. Every ten seconds a line says how many were done.

const { Queue, Worker } = require('bullmq');
const { Pool } = require('pg');
const { open } = require('./envelopes');
const setting = require('./settings');

const NAME = 'sync-connector';
const MOST = 5000; // jobs that wait
const STATES = ['waiting', 'paused', 'active'];

const redis = new URL(setting('REDIS_URL'));
const connection = {
  host: redis.hostname,
  port: Number(redis.port),
  username: redis.username,
  password: redis.password,
  maxRetriesPerRequest: null,
};
const database = new Pool({ connectionString: setting('APP_DATABASE_URL'), max: 2 });
const queue = new Queue(NAME, { connection, defaultJobOptions: { removeOnComplete: 1000, removeOnFail: 1000 } });
const done = { synced: 0, failed: 0 };

const sync = async ({ data }) => {
  const { rows } = await database.query(
    'SELECT "tenantId", "encryptedAccessToken", encryption_key_version FROM connectors WHERE id = $1',
    [data.id],
  );
  for (const row of rows) open(row.encryptedAccessToken, row.encryption_key_version, row.tenantId, 'connector-tokens');
};

const enqueue = async () => {
  const { waiting, paused } = await queue.getJobCounts('waiting', 'paused');
  if (waiting + paused >= MOST) return;
  const { rows } = await database.query('SELECT id FROM connectors ORDER BY random() LIMIT 1');
  await queue.addBulk(rows.map((row) => ({ name: 'sync', data: row })));
};

const worker = new Worker(NAME, sync, { connection, concurrency: 2 });
worker.on('completed', () => done.synced++);
worker.on('failed', (job, error) => {
  done.failed++;
  console.error(JSON.stringify({ job: job?.id, error: error.message }));
});

// A database or a Redis that is away for a moment is no reason to end.
const told = (error) => console.error(JSON.stringify({ error: error.code ?? error.name }));
const every = (ms, act) => setInterval(() => act().catch(told), ms);
for (const source of [queue, worker, database]) source.on('error', () => {});
const due = [
  every(200, enqueue),
  every(10_000, async () => console.log(JSON.stringify({ ...done, ...(await queue.getJobCounts(...STATES)) }))),
];

process.on('SIGTERM', async () => {
  due.forEach(clearInterval);
  await worker.close();
  await Promise.all([queue.close(), database.end()]);
  process.exit(0);
});
