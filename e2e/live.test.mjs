// What the page's scripts add, and that nothing is missing without them: changes shown without a
// reload, greying, the reader's own time, the theme. Time in the browser is driven, never waited for.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { eventually } from './installation.mjs';
import { axeFindsNothingSerious, hasNoMissingGlyph, holdsNoSidewaysScroll, launch, shoot } from './looking.mjs';
import { installed } from './states.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

// A reader in Lisbon whose script draws no lots: it waits for the shortest time.
async function reader({ locale = 'en', width = 390, scheme = 'light', script = true } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: 844 },
    colorScheme: scheme,
    locale: locale === 'ja' ? 'ja-JP' : 'en-US',
    timezoneId: 'Europe/Lisbon',
    javaScriptEnabled: script,
  });
  const page = await context.newPage();
  const told = [];
  page.on('console', (message) => {
    if (message.type() === 'error') told.push(message.text());
  });
  page.on('pageerror', (error) => told.push(String(error)));
  await page.addInitScript(() => {
    Math.random = () => 0;
  });
  return { context, page, told };
}

const isReady = (page) => page.locator('button.theme').waitFor({ state: 'visible' });
const hears = (page, path) => page.waitForResponse((answer) => answer.url().endsWith(path));

describe('an update posted by another process', () => {
  let place;
  before(async () => {
    place = await installed('incident');
  });
  after(() => place?.noroshi.close());

  test('shows without a reload, where the reader is, and is announced', async () => {
    const { context, page, told } = await reader();
    try {
      const stream = hears(page, '/events');
      await page.goto(`${place.noroshi.url}/`);
      await isReady(page);
      await stream;
      // The reader has gone down to a past incident, opened a menu and holds a link.
      const link = page.locator('.status-day .incident-title a').first();
      await page.locator('#subscribe summary').click();
      await link.focus();
      await page.evaluate(() => {
        window.isSame = true;
        document.activeElement.isHeld = true;
      });
      const top = () => page.evaluate(() => document.activeElement.getBoundingClientRect().top);
      const [before, scrolled] = [await top(), await page.evaluate(() => scrollY)];
      assert.ok(scrolled > 0, 'the page is long enough to scroll');
      const words = 'Cards work again for most customers.';
      place.noroshi.command('incident', 'update', place.incident, '--body', words,
        '--body-ja', 'ほとんどのお客様がカードをご利用いただけます。');
      await page.locator('.unresolved-incident', { hasText: words }).waitFor();
      const after = await page.evaluate(() => ({
        isSame: window.isSame,
        isHeld: document.activeElement.isHeld,
        menu: document.querySelector('#subscribe').open,
        said: document.querySelector('.sr[role=status]').textContent,
        scrolled: scrollY,
      }));
      assert.ok(after.isSame, 'the page was loaded anew');
      assert.ok(after.isHeld, 'the focus went elsewhere');
      assert.ok(after.menu, 'the menu was closed');
      assert.ok(after.scrolled > scrolled, 'nothing moved: the update took no room');
      assert.ok(Math.abs(await top() - before) < 2, `moved from ${before} to ${await top()}`);
      assert.match(after.said, /^This page was updated\. .*Some orders fail at checkout/);
      assert.deepEqual(told, []);
    } finally {
      await context.close();
    }
  });

  test('shows on the incident\'s own page, in Japanese', async () => {
    const { context, page } = await reader({ locale: 'ja' });
    try {
      const stream = hears(page, '/events');
      await page.goto(`${place.noroshi.url}/incidents/${place.incident}`);
      await stream;
      await page.evaluate(() => {
        window.isSame = true;
      });
      const words = '復旧作業を進めています。';
      place.noroshi.command('incident', 'update', place.incident, '--body', 'Recovering.', '--body-ja', words);
      await page.locator('.update-row', { hasText: words }).waitFor();
      assert.ok(await page.evaluate(() => window.isSame));
      assert.match(await page.locator('.sr[role=status]').textContent(), /^このページが更新されました。/);
    } finally {
      await context.close();
    }
  });

  test('shows without a stream, by asking', async () => {
    const { context, page } = await reader();
    try {
      await page.clock.install();
      await page.route('**/events', (route) => route.abort());
      const beat = hears(page, '/beat.json');
      await page.goto(`${place.noroshi.url}/`);
      await isReady(page);
      await page.clock.runFor(1_000);
      await beat;
      const words = 'All cards work again.';
      place.noroshi.command('incident', 'update', place.incident, '--body', words,
        '--body-ja', 'すべてのカードをご利用いただけます。');
      await eventually(async () => (await place.noroshi.text('/en/')).includes(words), 10_000, 'published');
      assert.ok(!(await page.locator('.unresolved-incident').innerText()).includes(words));
      await page.clock.fastForward(80_000);
      await page.locator('.unresolved-incident', { hasText: words }).waitFor();
    } finally {
      await context.close();
    }
  });
});

describe('a page that nobody feeds', () => {
  let place;
  before(async () => {
    place = await installed('fine');
    const beat = async () => (await place.noroshi.text('/beat.json')).includes('"at":"2026-07-17T13:13');
    await eventually(beat, 10_000, 'a beat of the driven time');
  });
  after(() => place?.noroshi.close());

  // The published folder as any web server would serve it. `date`: what its clock says.
  async function copy() {
    const root = join(place.noroshi.folder, 'data', 'published');
    const folder = join(root, readdirSync(root)[0]);
    const types = { html: 'text/html', js: 'text/javascript', json: 'application/json' };
    const server = createServer((request, response) => {
      const path = new URL(request.url, 'http://copy').pathname;
      const file = [path, `${path}/index.html`].map((name) => join(folder, name))
        .find((name) => existsSync(name) && /\.\w+$/.test(name));
      response.setHeader('date', server.date);
      if (!file) return response.writeHead(404).end();
      response.setHeader('content-type', types[file.split('.').pop()] ?? 'text/plain');
      return response.end(readFileSync(file));
    });
    await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
    server.url = `http://127.0.0.1:${server.address().port}`;
    return server;
  }

  const green = (page) => page.locator('.page-status .i').evaluate((icon) => getComputedStyle(icon).color);

  for (const locale of ['en', 'ja']) {
    for (const scheme of ['light', 'dark']) {
      test(`greys as a copy, and only while its beat is overdue: ${locale}, ${scheme}`, async () => {
        const server = await copy();
        const { context, page } = await reader({ locale, scheme });
        const at = Date.parse(JSON.parse(await place.noroshi.text('/beat.json')).at);
        try {
          await page.clock.install();
          const says = async (seconds) => {
            server.date = new Date(at + 1_000 * seconds).toUTCString();
            const beat = hears(page, '/beat.json');
            await page.clock.fastForward(80_000);
            await beat;
          };
          server.date = new Date(at).toUTCString();
          await page.goto(`${server.url}/${locale}/`);
          await isReady(page);
          const fresh = await green(page);
          // The next was due after 60 s; two may be missed.
          await says(170);
          assert.equal(await page.locator('.stale').count(), 0);
          await says(190);
          await page.locator('.stale').waitFor();
          assert.notEqual(await green(page), fresh);
          const words = await page.locator('.stale').innerText();
          assert.match(words, locale === 'ja' ? /13:13 JST 以降の状況を取得できていません/ : /since Jul 17, 13:13 JST/);
          for (const width of [320, 390, 1280]) {
            await page.setViewportSize({ width, height: 844 });
            await holdsNoSidewaysScroll(page);
            await hasNoMissingGlyph(page);
            await axeFindsNothingSerious(page);
            await shoot(page, `stale-${width}-${locale}-${scheme}`, false);
          }
          await says(0);
          await page.locator('.stale').waitFor({ state: 'detached' });
          assert.equal(await green(page), fresh);
        } finally {
          await context.close();
          server.close();
        }
      });
    }
  }

  test('is whole as a copy: its script comes from the folder', async () => {
    const server = await copy();
    const { context, page } = await reader();
    try {
      server.date = new Date().toUTCString();
      const script = hears(page, '.js');
      await page.goto(`${server.url}/`);
      assert.equal((await script).status(), 200);
      // Months after its only beat.
      await page.locator('.stale').waitFor();
    } finally {
      await context.close();
      server.close();
    }
  });

  test('greys when the server has gone', async () => {
    const gone = await installed('fine');
    const { context, page } = await reader();
    try {
      await page.clock.install();
      const beat = hears(page, '/beat.json');
      await page.goto(`${gone.noroshi.url}/`);
      await isReady(page);
      await page.clock.runFor(100);
      await beat;
      const before = await page.locator('main').innerText();
      await gone.noroshi.close();
      await page.clock.fastForward(400_000);
      await page.locator('.stale').waitFor();
      assert.ok((await page.locator('main').innerText()).endsWith(before), 'what was known is still there');
    } finally {
      await context.close();
    }
  });
});

describe('the scripts of a page', () => {
  let place;
  before(async () => {
    place = await installed('incident');
  });
  after(() => place?.noroshi.close());

  for (const locale of ['en', 'ja']) {
    test(`add no words to it, in ${locale}`, async () => {
      for (const path of [`/${locale}/`, `/${locale}/incidents/${place.incident}`, `/${locale}/history`]) {
        const texts = [];
        for (const script of [true, false]) {
          const { context, page, told } = await reader({ locale, script });
          await page.goto(place.noroshi.url + path);
          if (script) await isReady(page);
          else assert.equal(await page.locator('button.theme').isVisible(), false, 'a control that does nothing');
          texts.push(await page.innerText('body'));
          assert.deepEqual(told, []);
          await context.close();
        }
        assert.ok(texts[0].length > 200);
        assert.equal(texts[0], texts[1], path);
      }
    });
  }

  test('are not waited for by the first paint', async () => {
    const { context, page } = await reader();
    let release;
    const held = new Promise((resolve) => {
      release = resolve;
    });
    try {
      await page.route('**/assets/*.js', async (route) => {
        await held;
        await route.continue();
      });
      await page.goto(`${place.noroshi.url}/`, { waitUntil: 'commit' });
      await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length);
      assert.equal(await page.locator('button.theme').isVisible(), false);
      release();
      await isReady(page);
    } finally {
      release();
      await context.close();
    }
  });

  test('tell the reader\'s own time on hover and on focus, and hide it again', async () => {
    const { context, page } = await reader({ width: 1280 });
    try {
      await page.goto(`${place.noroshi.url}/`);
      await isReady(page);
      const tip = page.locator('.tip');
      const time = page.locator('.unresolved-incident time[tabindex]', { hasText: '13:13' }).first();
      await time.hover();
      await tip.waitFor({ state: 'visible' });
      assert.match(await tip.innerText(), /^Your time: Jul 17, 05:13 /);
      await shoot(page, 'own-time', false);
      await page.mouse.move(1, 1);
      await tip.waitFor({ state: 'hidden' });
      await time.focus();
      await tip.waitFor({ state: 'visible' });
      assert.equal(await time.getAttribute('aria-describedby'), 'tip');
      await axeFindsNothingSerious(page);
      await page.keyboard.press('Escape');
      await tip.waitFor({ state: 'hidden' });
      // Days have no clock: they are the same day for nobody else.
      assert.equal(await page.locator('.status-day > .date time[tabindex]').count(), 0);
    } finally {
      await context.close();
    }
  });

  test('keep the chosen theme before the first paint, and give the device\'s back', async () => {
    const { context, page } = await reader({ scheme: 'light' });
    try {
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      await page.goto(`${place.noroshi.url}/`);
      await isReady(page);
      const light = await ground();
      const button = page.locator('button.theme');
      assert.equal(await button.getAttribute('aria-label'), 'Theme: as on this device');
      await button.click();
      assert.equal(await button.getAttribute('aria-label'), 'Theme: light');
      assert.equal(await ground(), light);
      await button.click();
      const dark = await ground();
      assert.notEqual(dark, light);
      assert.equal(await button.getAttribute('aria-label'), 'Theme: dark');
      await axeFindsNothingSerious(page);
      // Without the module: the head alone must do it.
      await page.route('**/assets/*.js', (route) => route.abort());
      await page.goto(`${place.noroshi.url}/history`);
      assert.equal(await ground(), dark);
      await page.unroute('**/assets/*.js');
      await page.reload();
      await isReady(page);
      await button.click();
      assert.equal(await ground(), light);
      assert.equal(await page.evaluate(() => localStorage.length), 0);
      await page.emulateMedia({ colorScheme: 'dark' });
      assert.equal(await ground(), dark, 'the device decides again');
    } finally {
      await context.close();
    }
  });

  test('leave the switch of languages a link', async () => {
    const { context, page } = await reader({ script: false });
    try {
      await page.goto(`${place.noroshi.url}/`);
      await page.locator('nav a[lang=ja]').click();
      assert.equal(await page.getAttribute('html', 'lang'), 'ja');
    } finally {
      await context.close();
    }
  });
});
