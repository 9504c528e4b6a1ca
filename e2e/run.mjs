// Runs the browser suites and ends with "N passed, N failed". A skipped test counts as failed.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const here = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(here)
  .filter((name) => name.endsWith('.test.mjs'))
  .filter((name) => !wanted.length || wanted.some((part) => name.startsWith(part)))
  .map((name) => join(here, name));

let passed = 0;
let failed = 0;
const stream = run({ files, concurrency: 1, timeout: 20 * 60 * 1000 });
const isLeaf = (event) => event.details?.type !== 'suite' && event.name !== event.file;
stream.on('test:pass', (event) => {
  if (event.skip !== undefined || event.todo !== undefined) failed += 1;
  else if (isLeaf(event)) passed += 1;
});
stream.on('test:fail', (event) => {
  // A group that fails as its tests did is no test of its own.
  if (isLeaf(event) || event.name === event.file) failed += 1;
});
const report = stream.compose(spec);
report.pipe(process.stdout);
report.on('end', () => {
  if (passed + failed === 0) failed = 1;
  console.log(`e2e: ${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
});
