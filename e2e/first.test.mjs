// The first minutes: from an empty folder to a public page, by browser alone.
//
// What is seen on the way are the pictures of `docs/walk-through.md`: they are taken each time, and
// NOROSHI_WRITE=1 keeps them there.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';

import { Hands } from './desk.mjs';
import { Installation, eventually } from './installation.mjs';
import { launch, opened } from './looking.mjs';

const SYSTEMS = ['Trip planner', 'Mobile tickets', 'Card payments'];
const LIMIT_MS = 15_000;
const PICTURE_BYTES_MAX = 120 * 1024;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pictures = process.env.NOROSHI_WRITE ? join(root, 'docs', 'pictures') : join(root, '.suite', 'walk');
mkdirSync(pictures, { recursive: true });
const taken = [];

// A step of the walk-through as it looks.
async function picture(page, name) {
  const path = join(pictures, `walk-${name}.png`);
  await page.screenshot({ path });
  const { size } = statSync(path);
  assert.ok(size <= PICTURE_BYTES_MAX, `${name}: ${size} bytes`);
  taken.push(`pictures/walk-${name}.png`);
}

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test('a page with three systems and an incident in two languages stands after 25 actions', async () => {
  const noroshi = new Installation('2026-11-18T05:00:00Z');
  try {
    await noroshi.start();
    const link = await eventually(() => /set up at (\S+)/.exec(noroshi.said())?.[1], LIMIT_MS, 'the set-up link');
    const context = await browser.newContext({ viewport: { width: 1000, height: 700 }, locale: 'en-US' });
    const page = await context.newPage();
    const hands = new Hands(page);

    await page.goto(link);
    await hands.fill('email', 'sakura@harbor.example');
    await hands.fill('name', 'Sakura');
    await picture(page, 'account');
    await hands.fill('password', 'harbour-lantern-at-dusk');
    await hands.press('Enter');
    await page.waitForURL(/\/console$/);

    await hands.click('a[href="/console/new-page"]');
    await hands.fill('name.en', 'Larkspur Transit');
    await hands.fill('name.ja', 'ラークスパー交通');
    await picture(page, 'page');
    await hands.press('Enter');
    await page.waitForURL(/\/components$/);

    for (const name of SYSTEMS) {
      await hands.click('a[href$="/components/new"]');
      await hands.fill('name.en', name);
      await hands.press('Enter');
      await page.waitForURL(/told=component-made/);
    }
    await picture(page, 'systems');

    await page.locator('.rail li a').first().click();
    hands.count += 1;
    // Keys work once the screen is whole.
    await page.waitForURL(/\/console\/pages\/[^/]+$/);
    await hands.press('n');
    await page.waitForSelector('form.composer');
    await hands.fill('name.en', 'Tickets fail to load');
    await hands.fill('name.ja', 'チケットが表示されません');
    await page.locator('.composer [name^="c."][value="partial_outage"]').first().evaluate((box) => box.closest('label').click());
    hands.count += 1;
    await page.locator('#saved', { hasText: 'Draft kept' }).waitFor({ timeout: LIMIT_MS });
    await picture(page, 'composer');
    await hands.press('Control+Enter');
    await page.waitForURL(/told=incident-posted/);
    await picture(page, 'posted');
    assert.ok(hands.count <= 25, `${hands.count} actions`);

    for (const [locale, words] of [['en', ['Larkspur Transit', 'Tickets fail to load', ...SYSTEMS]],
      ['ja', ['ラークスパー交通', 'チケットが表示されません']]]) {
      const path = locale === 'ja' ? '/ja/' : '/';
      await eventually(async () => {
        const text = await noroshi.text(path);
        return words.every((word) => text.includes(word));
      }, LIMIT_MS, `the page in ${locale}`);
    }
    const reader = await opened(browser, `${noroshi.url}/`, { width: 390 });
    assert.ok((await reader.page.innerText('main')).includes('Partial Outage'));
    await picture(reader.page, 'reader');
    await reader.context.close();
    const named = readFileSync(join(root, 'docs', 'walk-through.md'), 'utf8').matchAll(/\((pictures\/[^)]+)\)/g);
    assert.deepEqual([...named].map(([, path]) => path), taken, 'the walk-through shows what was seen');
    await context.close();
  } finally {
    await noroshi.close();
  }
});
