'use strict';
// Takes the values of OUTSIDE entries out of their rows into a bucket, as the application does with large ones, and lets the mesh
// read and replace them. What is outside already stays there: it may run again.

const { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand, S3Client } = require('@aws-sdk/client-s3');
const { Client } = require('pg');
const setting = require('./settings');

const Bucket = 'knowledge';
const OUTSIDE = Number(process.env.OUTSIDE ?? 500);

const store = new S3Client({
  endpoint: process.env.S3_ENDPOINT ?? 'http://s3:8000',
  region: 'us-east-1',
  forcePathStyle: true,
  requestChecksumCalculation: 'WHEN_REQUIRED',
  credentials: { accessKeyId: setting('AWS_ACCESS_KEY_ID'), secretAccessKey: setting('AWS_SECRET_ACCESS_KEY') },
});

// What docs/map.md says that workers and coordinators need, and no more.
const Policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: ['arn:aws:iam:::user/rotationmesh'] },
      Action: ['s3:GetObject', 's3:PutObject', 's3:GetObjectTagging', 's3:PutObjectTagging'],
      Resource: [`arn:aws:s3:::${Bucket}/*`],
    },
  ],
});

const move = async (database, { id, content }) => {
  const Key = `entries/${id}`;
  const Body = JSON.stringify({ encrypted: content });
  await store.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/json' }));
  // Only if nobody wrote the row meanwhile: then the object is the older one, and the next run takes the row as it is.
  await database.query(
    "UPDATE knowledge_entries SET content = '__external_storage__', storage_key = $2 WHERE id = $1 AND content = $3",
    [id, Key, content],
  );
};

const main = async () => {
  await store.send(new CreateBucketCommand({ Bucket })).catch((error) => {
    if (error.name !== 'BucketAlreadyOwnedByYou') throw error;
  });
  await store.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  const database = new Client({ connectionString: setting('APP_DATABASE_URL') });
  await database.connect();
  const { rows: [{ count }] } = await database.query(
    "SELECT count(*)::int AS count FROM knowledge_entries WHERE content = '__external_storage__'",
  );
  const { rows } = await database.query(
    "SELECT id, content FROM knowledge_entries WHERE content <> '__external_storage__' ORDER BY id LIMIT $1",
    [Math.max(OUTSIDE - count, 0)],
  );
  for (const row of rows) await move(database, row);
  await database.end();
  console.log(`${count + rows.length} values are in the bucket ${Bucket}`);
};

main().catch((error) => {
  console.error(`values: ${error.name}: ${error.message}`);
  process.exit(1);
});
