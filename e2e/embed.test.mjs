// The script and the frame on somebody else's site: another origin, a real browser.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';

import { axeFindsNothingSerious, launch, opened, shoot } from './looking.mjs';
import { eventually } from './installation.mjs';
import { TITLE, installed } from './states.mjs';

let browser;
let site;
let origin;
const places = {};

// Another company's site. Its policy lets nothing run but the page's own script and frame.
function answer(request, response) {
  const { searchParams } = new URL(request.url, 'http://site.example');
  const from = searchParams.get('from');
  const options = [...searchParams].filter(([name]) => name.startsWith('data-'))
    .map(([name, value]) => ` ${name}="${value}"`).join('');
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; script-src ${from}; frame-src ${from}`,
  });
  response.end(`<!doctype html><html lang="en"><title>A shop</title><main><h1>A shop</h1></main>
    <script src="${from}/embed/script.js"${options}></script>`);
}

before(async () => {
  browser = await launch();
  places.fine = await installed('fine');
  places.incident = await installed('incident');
  places.unknown = await installed('unknown');
  site = createServer(answer);
  await new Promise((done) => site.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${site.address().port}`;
});
after(async () => {
  for (const place of Object.values(places)) await place.noroshi.close();
  await new Promise((done) => (site ? site.close(done) : done()));
  await browser?.close();
});

async function visited(place, options = {}, how = {}) {
  const query = new URLSearchParams({ from: place.noroshi.url, ...options });
  const found = await opened(browser, `${origin}/?${query}`, { width: 1280, height: 800, ...how });
  const element = await found.page.waitForSelector('iframe', { state: 'attached' });
  const frame = await element.contentFrame();
  await frame.waitForSelector('main', { state: 'attached' });
  return { ...found, element, frame };
}

const isSeen = (page) => page.evaluate(() => {
  const frame = document.querySelector('iframe');
  const { top, bottom, left, right } = frame.getBoundingClientRect();
  return getComputedStyle(frame).visibility === 'visible'
    && top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
});

const comes = (page) => eventually(() => isSeen(page), 10_000, 'the frame is shown');

// What the frame tells its site, in order; asked for before anything is loaded.
async function toldActions(place, options) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.told = [];
    window.addEventListener('message', (event) => window.told.push(event.data.action));
  });
  const query = new URLSearchParams({ from: place.noroshi.url, ...options });
  await page.goto(`${origin}/?${query}`);
  await eventually(() => page.evaluate(() => window.told.length > 0), 10_000, 'the frame tells');
  return { context, page, actions: await page.evaluate(() => window.told) };
}

describe('on another site', () => {
  test('nothing is shown while all is well', async () => {
    const { context, page, actions } = await toldActions(places.fine, {});
    assert.deepEqual(actions, ['dismissFrame']);
    assert.equal(await isSeen(page), false);
    await context.close();
  });

  test('it is shown all the same where the site wants that', async () => {
    const { context, page } = await visited(places.fine, { 'data-show': 'always' });
    await comes(page);
    await shoot(page, 'embed-always', false);
    await context.close();
  });

  test('what is not measured is shown, and not as well', async () => {
    const { context, page, frame } = await visited(places.unknown);
    await comes(page);
    assert.equal(await frame.getAttribute('body', 'class'), 'unk');
    await context.close();
  });

  for (const [width, scheme, locale] of [[1280, 'light', 'en'], [390, 'dark', 'ja'], [320, 'light', 'ja']]) {
    test(`an incident is shown at ${width} px, ${scheme}, in ${locale}`, async () => {
      const { context, page, frame, told, element } = await visited(places.incident, {}, { width, scheme, locale });
      await comes(page);
      assert.match(await frame.innerText('main'), new RegExp(TITLE[locale]));
      assert.equal(await frame.getAttribute('html', 'lang'), locale);
      const { height, width: wide } = await element.boundingBox();
      assert.equal(height, 115);
      assert.equal(wide, width < 450 ? width : 320);
      const fits = await frame.evaluate(() => document.documentElement.scrollHeight <= innerHeight);
      assert.ok(fits, 'all of it is seen without scrolling');
      await axeFindsNothingSerious(page);
      assert.deepEqual(told, []);
      await shoot(page, `embed-incident-${width}-${scheme}-${locale}`, false);
      await context.close();
    });
  }

  test('it stands in the corner and the language that the site wants', async () => {
    const { context, page, frame, element } = await visited(places.incident,
      { 'data-position': 'top-left', 'data-locale': 'ja' });
    await comes(page);
    assert.equal(await frame.getAttribute('html', 'lang'), 'ja');
    await eventually(async () => (await element.boundingBox()).y === 60, 10_000, 'it has come down');
    assert.equal((await element.boundingBox()).x, 60);
    await context.close();
  });

  test('only chosen components count', async () => {
    const { codes } = places.incident;
    const calm = await toldActions(places.incident, { 'data-components': `${codes.search},${codes.chat}` });
    assert.deepEqual(calm.actions, ['dismissFrame']);
    await calm.context.close();
    const { context, page, frame } = await visited(places.incident, { 'data-components': codes.checkout });
    await comes(page);
    assert.match(await frame.innerText('main'), /Checkout: Major Outage/);
    await context.close();
  });

  test('what a reader closes stays closed, until something else is up', async () => {
    const { context, page, frame } = await visited(places.incident);
    await comes(page);
    await frame.click('button');
    await eventually(async () => !(await isSeen(page)), 10_000, 'it goes');
    await page.reload();
    const again = await (await page.waitForSelector('iframe', { state: 'attached' })).contentFrame();
    await again.waitForSelector('button:not([hidden])', { state: 'attached' });
    assert.equal(await isSeen(page), false);
    await context.close();
  });

  test('it looks again by itself', async () => {
    const place = await installed('fine');
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    await context.clock.install();
    const page = await context.newPage();
    const query = new URLSearchParams({ from: place.noroshi.url });
    await page.goto(`${origin}/?${query}`);
    await page.waitForSelector('iframe', { state: 'attached' });
    place.noroshi.command('incident', 'create', '--title', 'Chat is down', '--component', `${place.codes.chat}=major_outage`);
    await eventually(async () => (await place.noroshi.text('/embed/frame')).includes('Chat is down'), 10_000, 'published');
    assert.equal(await isSeen(page), false);
    await context.clock.fastForward(75_000);
    await comes(page);
    await context.close();
    await place.noroshi.close();
  });
});

test('no other page of ours may be shown within another site', async () => {
  const { url } = places.fine.noroshi;
  const policy = async (path) => (await fetch(url + path)).headers.get('content-security-policy');
  assert.match(await policy('/embed/frame'), /frame-ancestors \*$/);
  for (const path of ['/', '/history', '/uptime', '/no-such-page']) {
    assert.match(await policy(path), /frame-ancestors 'none'/);
  }
});

test('the frame is whole without scripts', async () => {
  const { url } = places.incident.noroshi;
  const { context, page } = await opened(browser, `${url}/embed/frame`, { width: 420, height: 500, script: false });
  assert.match(await page.innerText('main'), new RegExp(TITLE.en));
  assert.match(await page.innerText('main'), /Customer chat/);
  await context.close();
});
