'use strict';
// The health check: the queue is there and Redis answers. Prints how many jobs there are of each state.

const { Queue } = require('bullmq');
const setting = require('./settings');

const redis = new URL(setting('REDIS_URL'));
const queue = new Queue('sync-connector', {
  connection: { host: redis.hostname, port: Number(redis.port), username: redis.username, password: redis.password },
});
setTimeout(() => process.exit(1), 5000).unref();
queue.on('error', () => process.exit(1));
queue
  .getJobCounts('waiting', 'paused', 'active', 'completed', 'failed')
  .then((counts) => console.log(Object.entries(counts).map(([state, count]) => `${count} ${state}`).join(', ')))
  .then(() => process.exit(0));
