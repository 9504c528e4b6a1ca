// A page of very many systems: the bars beyond the first are images that come when they are
// scrolled to, in both themes, from the server and from a folder.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Installation, eventually } from './installation.mjs';
import { launch, opened, shoot } from './looking.mjs';

const SYSTEMS = 60;
let noroshi;
let browser;

// A folder on the web, as any server of files has it.
function folderServer(folder) {
  const types = { svg: 'image/svg+xml', js: 'text/javascript' };
  const server = createServer((request, response) => {
    const path = request.url.split('?')[0].replace(/\/$/, '/index.html');
    try {
      const type = types[path.split('.').pop()] ?? 'text/html; charset=utf-8';
      const body = readFileSync(join(folder, path));
      response.writeHead(200, { 'content-type': type }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(server)));
}

before(async () => {
  noroshi = new Installation('2026-07-17T04:13:00Z');
  noroshi.command('page', 'create', '--name', 'Harbor Street', '--zone', 'Asia/Tokyo');
  for (let number = 0; number < SYSTEMS; number += 1) {
    noroshi.command('component', 'create', '--name', `System ${number}`, '--code', `s${number}`,
      '--start-date', '2026-01-01', '--created-at', '2026-01-01T00:00:00Z');
  }
  await noroshi.start();
  await eventually(async () => (await noroshi.text('/')).includes('bars.svg'), 20_000, 'images are named');
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await noroshi?.close();
});

const drawn = (page) => page.evaluate(() =>
  [...document.querySelectorAll('img.availability-time-line-graphic')]
    .map((image) => image.complete && image.naturalWidth > 0));

// Colours of the last row of bars, as the screen has them.
async function colourOf(page) {
  const image = page.locator('img.availability-time-line-graphic').last();
  await image.scrollIntoViewIfNeeded();
  await eventually(async () => (await drawn(page)).at(-1), 10_000, 'the last image is there');
  const shot = await image.screenshot();
  return page.evaluate(async (coded) => {
    const bytes = Uint8Array.from(atob(coded), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const pen = canvas.getContext('2d');
    pen.drawImage(picture, 0, 0);
    const counts = new Map();
    const { data } = pen.getImageData(0, Math.round(picture.height * 0.8), picture.width, 1);
    for (let at = 0; at < data.length; at += 4) {
      const colour = data.slice(at, at + 3).join();
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    return [...counts].sort((one, two) => two[1] - one[1])[0][0];
  }, shot.toString('base64'));
}

describe('a page of very many systems', () => {
  test('fetches the bars that are scrolled to and draws them in both themes', async () => {
    const colours = [];
    for (const scheme of ['light', 'dark']) {
      const { context, page, asked } = await opened(browser, `${noroshi.url}/`, { width: 1280, scheme });
      const images = () => asked.filter((url) => url.endsWith('/bars.svg')).length;
      assert.equal((await drawn(page)).length, SYSTEMS - 40);
      assert.ok(images() < SYSTEMS - 40, `${images()} images before anybody scrolled`);
      colours.push(await colourOf(page));
      await shoot(page, `many-${scheme}`, false);
      await context.close();
    }
    const { context, page } = await opened(browser, `${noroshi.url}/`, { width: 1280 });
    await colourOf(page);
    // As the switch at the top does it.
    await page.evaluate(() => (document.documentElement.dataset.theme = 'dark'));
    await eventually(async () => (await colourOf(page)) === colours[1], 5_000, 'the images switch too');
    await context.close();
    assert.deepEqual(colours, ['43,138,102', '63,174,132']);
  });

  test('has them in a folder without the server', async () => {
    const folder = join(noroshi.folder, 'elsewhere');
    noroshi.command('publish', '--to', folder);
    const files = await folderServer(folder);
    try {
      const url = `http://127.0.0.1:${files.address().port}/`;
      const { context, page } = await opened(browser, url, { width: 390 });
      await page.locator('img.availability-time-line-graphic').last().scrollIntoViewIfNeeded();
      await eventually(async () => (await drawn(page)).at(-1), 10_000, 'the last image is there');
      await context.close();
    } finally {
      files.close();
    }
  });
});
