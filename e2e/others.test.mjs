// The other pages, in an incident: incident, history, uptime calendars, announcements, API help,
// and what is not there.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { asksNobodyElse, axeFindsNothingSerious, hasNoMissingGlyph, holdsNoSidewaysScroll, launch,
  opened, paintsAfterOneRequest, shoot } from './looking.mjs';
import { installed } from './states.mjs';

let browser;
let place;
before(async () => {
  browser = await launch();
  place = await installed('incident');
  place.noroshi.command('announcement', 'create', '--title', 'New opening hours', '--title-ja', '営業時間の変更',
    '--body', 'From August on the shop opens at eight.', '--body-ja', '8月から午前8時に開店します。');
});
after(async () => {
  await place?.noroshi.close();
  await browser?.close();
});

const PATHS = {
  incident: () => `/incidents/${place.incident}`,
  history: () => '/history',
  found: () => `/history?q=${encodeURIComponent('検索 slow')}`,
  'found nothing': () => '/history?q=quagga',
  uptime: () => '/uptime',
  calendar: () => `/uptime/${place.codes.search}`,
  announcements: () => '/announcements',
  api: () => '/api',
  missing: () => '/no-such-page',
};

for (const [name, path] of Object.entries(PATHS)) {
  describe(`the page ${name}`, () => {
    for (const locale of ['en', 'ja']) {
      for (const [width, scheme] of [[320, 'light'], [390, 'dark'], [1280, 'light']]) {
        test(`is well at ${width} px, ${scheme}, in ${locale}`, async () => {
          const { url } = place.noroshi;
          const { context, page, told, asked, answer } = await opened(browser, url + path(), { width, scheme, locale });
          try {
            assert.equal(answer.status(), name === 'missing' ? 404 : 200);
            assert.equal(await page.getAttribute('html', 'lang'), locale);
            await paintsAfterOneRequest(page);
            await holdsNoSidewaysScroll(page);
            await hasNoMissingGlyph(page);
            await axeFindsNothingSerious(page);
            asksNobodyElse(asked, url);
            // The browser itself tells of a page that answers 404.
            assert.deepEqual(told.filter((line) => !line.includes('404')), []);
            await shoot(page, `${name}-${width}-${scheme}-${locale}`);
          } finally {
            await context.close();
          }
        });
      }
    }
  });
}

test('every link on the front page leads somewhere', async () => {
  const { url } = place.noroshi;
  const { context, page } = await opened(browser, `${url}/`, { width: 1280 });
  const links = await page.$$eval('a', (found) => found
    .map((one) => one.getAttribute('href'))
    .filter(Boolean)
    .map((target) => new URL(target, document.baseURI).href));
  await context.close();
  const own = [...new Set(links.filter((link) => link.startsWith(url)).map((link) => link.split('#')[0]))];
  assert.ok(own.length > 5, `only ${own.length} links`);
  for (const link of own) {
    const answer = await fetch(link);
    assert.equal(answer.status, 200, link);
  }
});
