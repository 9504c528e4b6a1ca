// Takes the pictures of docs/pictures from the built server: the best of what readers see.
// NOROSHI_BIN=… SUITE_NODE_MODULES=… node e2e/pictures.mjs
import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { company } from './company.mjs';
import { launch, opened } from './looking.mjs';

// Most bytes of a picture.
const BYTES_MAX = 150 * 1024;
const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs', 'pictures');
mkdirSync(folder, { recursive: true });

const browser = await launch();

async function take(place, name, path, look, before = async () => {}) {
  const { context, page } = await opened(browser, place.noroshi.url + path, look);
  await before(page);
  const file = join(folder, `${name}.png`);
  await page.screenshot({ path: file });
  await context.close();
  const { size } = statSync(file);
  assert.ok(size <= BYTES_MAX, `${name}: ${size} bytes`);
  console.log(`${name}.png ${size}`);
}

const wide = { width: 1280, height: 860 };
const phone = { width: 390, height: 844 };

const calm = await company('past');
try {
  await take(calm, 'front-light-en', '/', wide);
} finally {
  await calm.noroshi.close();
}
const trouble = await company('trouble');
try {
  await take(trouble, 'incident-on-the-front-light-en', '/', wide);
  await take(trouble, 'front-phone-dark-ja', '/', { ...phone, scheme: 'dark', locale: 'ja' });
  await take(trouble, 'day-dark-ja', '/', { ...wide, scheme: 'dark', locale: 'ja' }, async (page) => {
    await page.locator('#components').scrollIntoViewIfNeeded();
    await page.evaluate(() => document.querySelector('.components-section').scrollIntoView());
    await page.locator('[data-component-id=datahub] .days button').nth(-2).focus();
  });
  await take(trouble, 'incident-light-ja', `/incidents/${trouble.report}`, { ...wide, height: 1100, locale: 'ja' });
  await take(trouble, 'uptime-light-en', '/uptime/datahub', { ...wide, height: 1000 });
  await take(trouble, 'history-dark-en', '/history', { ...wide, height: 1000, scheme: 'dark' });
} finally {
  await trouble.noroshi.close();
  await browser.close();
}
