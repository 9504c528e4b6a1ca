// The demo, watched in a real browser by the machine's own clock: what happens on it is told on
// /events and shown without a reload.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, eventually } from './installation.mjs';
import { launch, opened, shoot } from './looking.mjs';

// How long the whole play may take, from when the demo says its address.
const PLAY_MS_MAX = 120_000;

// What the first script says, one thing after another, in both languages.
const ACTS = [
  ['.unresolved-incident', 'Event tracking responds slowly', 'イベント計測の応答が遅くなっています'],
  ['.unresolved-incident', 'One of the three nodes', '待機系への切り替えが進行中です'],
  ['.unresolved-incident', 'Next update by', '次の更新'],
  ['.unresolved-incident', 'about 10% of requests', 'リクエストの約1割'],
  ['.unresolved-incident', 'The standby has taken over', '待機系への切り替えが完了'],
  ['body', 'All Systems Operational', 'すべて正常に稼働しています'],
];

let browser;
let at;
before(async () => {
  browser = await launch();
  at = new Installation(new Date().toISOString());
  delete at.environment.NOROSHI_CLOCK_FILE;
});
after(async () => {
  await at?.close();
  await browser.close();
});

async function watch(locale, end) {
  const path = locale === 'ja' ? '/ja/' : '/';
  const { page, answer } = await opened(browser, at.url + path, { width: 1100, locale });
  assert.equal(answer.status(), 200);
  await page.evaluate((from) => {
    // A page that is loaded again forgets these.
    window.isSame = true;
    window.heard = new Set();
    const stream = new EventSource(`${from}events`);
    stream.addEventListener('front', ({ data }) => window.heard.add(data));
  }, path);
  for (const [where, en, ja] of ACTS) {
    const found = page.locator(where, { hasText: locale === 'ja' ? ja : en }).first();
    await found.waitFor({ timeout: Math.max(1, end - Date.now()) });
    if (en === ACTS[3][1]) await shoot(page, `demo-worse-${locale}`);
  }
  const { isSame, heard } = await page.evaluate(() => ({
    isSame: window.isSame,
    heard: window.heard.size,
  }));
  assert.ok(isSame, 'the page was loaded anew');
  assert.ok(heard >= 5, `${heard} fronts were told of`);
  assert.equal(await page.locator('.unresolved-incident').count(), 0);
}

test('an incident opens, worsens and is resolved within two minutes, without a reload', async () => {
  await at.start('demo');
  const end = Date.now() + PLAY_MS_MAX;
  await eventually(async () => (await fetch(`${at.url}/`)).ok, 20_000, 'the first page');
  await Promise.all([watch('en', end), watch('ja', end)]);
  assert.ok(Date.now() < end, 'the play is over within two minutes');
});
