'use strict';
// What the application is told: NAME=value lines of a mounted file. They never come into the environment.

const { readFileSync } = require('node:fs');

const lines = readFileSync(process.env.ENV_FILE ?? '/run/secrets/env', 'utf8').split('\n');
const pair = (line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)];
const settings = Object.fromEntries(lines.filter((line) => line.includes('=')).map(pair));

module.exports = (name) => {
  if (!settings[name]) throw new Error(`${name} is not set`);
  return settings[name];
};
