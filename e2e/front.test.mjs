// The front page in its five states: 320, 390 and 1280 px, light and dark, English and Japanese.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { asksNobodyElse, axeFindsNothingSerious, hasNoMissingGlyph, holdsNoSidewaysScroll, launch,
  opened, paintsAfterOneRequest, seenAtOnce, shoot } from './looking.mjs';
import { STATES, TITLE, installed } from './states.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

for (const state of Object.keys(STATES)) {
  describe(`the front page, ${state}`, () => {
    let place;
    before(async () => {
      place = await installed(state);
    });
    after(() => place?.noroshi.close());

    for (const locale of ['en', 'ja']) {
      for (const scheme of ['light', 'dark']) {
        for (const width of [320, 390, 1280]) {
          test(`is well at ${width} px, ${scheme}, in ${locale}`, async () => {
            const { url } = place.noroshi;
            const { context, page, told, asked } = await opened(browser, `${url}/`, { width, scheme, locale });
            try {
              assert.equal(await page.getAttribute('html', 'lang'), locale);
              assert.ok((await page.innerText('body')).includes(STATES[state].shows[locale]));
              await paintsAfterOneRequest(page);
              await holdsNoSidewaysScroll(page);
              await hasNoMissingGlyph(page);
              await axeFindsNothingSerious(page);
              asksNobodyElse(asked, url);
              assert.deepEqual(told, []);
              await shoot(page, `front-${state}-${width}-${scheme}-${locale}`);
            } finally {
              await context.close();
            }
          });
        }
      }
      test(`says the same without scripts, in ${locale}`, async () => {
        const { url } = place.noroshi;
        const bare = await opened(browser, `${url}/`, { width: 390, locale, script: false });
        try {
          const words = await bare.page.locator('body').innerText();
          assert.ok(words.includes(STATES[state].shows[locale]));
          assert.ok(words.includes(locale === 'ja' ? '検索' : 'Search'));
          assert.ok(words.includes(locale === 'ja' ? '90日前' : '90 days ago')
            || words.includes(locale === 'ja' ? '30日前' : '30 days ago'));
        } finally {
          await bare.context.close();
        }
      });
    }
  });
}

describe('the first screen of a telephone in an incident', () => {
  const needed = {
    incident: { en: ['Next update by 14:13 JST', '13:13'], ja: ['14:13', '13:13'] },
    overdue: { en: ['An update was due at 14:13 JST', '13:13'], ja: ['14:13', '13:13'] },
  };
  for (const state of Object.keys(needed)) {
    for (const locale of ['en', 'ja']) {
      test(`holds title, since when, what is hit, and the next promise: ${state}, ${locale}`, async () => {
        const place = await installed(state);
        const { context, page } = await opened(browser, `${place.noroshi.url}/`, { width: 390, height: 844, locale });
        try {
          const checkout = locale === 'ja' ? '決済' : 'Checkout';
          for (const words of [TITLE[locale], checkout, ...needed[state][locale]]) {
            assert.ok(await seenAtOnce(page, words), `not on the first screen: ${words}`);
          }
          await shoot(page, `first-screen-${state}-${locale}`, false);
        } finally {
          await context.close();
          await place.noroshi.close();
        }
      });
    }
  }
});
