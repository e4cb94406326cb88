'use strict';
// Queues and workers of a real BullMQ, told what to do by lines of JSON on standard input. Each line is answered by one
// with its number; whenever a job starts or ends, a line says so.
//   application.js BULLMQ PREFIX [cluster]        the Redis server in REDIS_URL

const readline = require('node:readline');
const [library, prefix, cluster] = process.argv.slice(2);
const { Queue, Worker } = require(library);
const Redis = require(require.resolve('ioredis', { paths: [require.resolve(library)] }));

const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
const connection = () => {
  const options = { maxRetriesPerRequest: null };
  const redis = cluster
    ? new Redis.Cluster([process.env.REDIS_URL], { redisOptions: options })
    : new Redis(process.env.REDIS_URL, options);
  redis.on('error', () => {}); // it tries again by itself
  return redis;
};

const queues = new Map();
const queue = (name) => {
  if (!queues.has(name)) queues.set(name, new Queue(name, { prefix, connection: connection() }));
  return queues.get(name);
};
const workers = [];
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const verbs = {
  create: ({ name }) => queue(name).waitUntilReady().then(() => queue(name).getJobCounts()),
  add: ({ name, jobs }) => queue(name).addBulk(jobs).then((added) => added.length),
  load: async ({ name, count, ms }) => {
    for (let i = 0; i < count; i++) await queue(name).add(`load-${i}`, { ms });
    return count;
  },
  work: async ({ name, concurrency, lockDuration }) => {
    const run = async (job) => {
      say({ started: job.name });
      await sleep(job.data.ms ?? 0);
      say({ ended: job.name });
    };
    const options = { prefix, connection: connection(), concurrency: concurrency ?? 1 };
    if (lockDuration) Object.assign(options, { lockDuration, stalledInterval: 600_000 });
    const worker = new Worker(name, run, options);
    worker.on('error', () => {});
    workers.push(worker);
    await worker.waitUntilReady();
  },
  pause: ({ name }) => queue(name).pause(),
  resume: ({ name }) => queue(name).resume(),
  counts: ({ name }) => queue(name).getJobCounts('waiting', 'paused', 'active', 'delayed', 'prioritized', 'completed', 'failed'),
};

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  const { number, verb, ...rest } = JSON.parse(line);
  try {
    say({ number, result: (await verbs[verb](rest)) ?? null });
  } catch (error) {
    say({ number, error: String(error) });
  }
}).on('close', () => process.exit(0));
