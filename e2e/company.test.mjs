// A page with everything on it at once, and one with nothing: every public path in a real browser,
// what a day tells by pointer, keyboard and finger, print, reduced motion, text without scripts.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { company } from './company.mjs';
import { eventually } from './installation.mjs';
import { asksNobodyElse, axeFindsNothingSerious, hasNoMissingGlyph, holdsNoSidewaysScroll, launch,
  opened, shoot } from './looking.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

async function isWell(url, name, look) {
  const { context, page, told, asked } = await opened(browser, url, look);
  try {
    await holdsNoSidewaysScroll(page);
    await hasNoMissingGlyph(page);
    await axeFindsNothingSerious(page);
    asksNobodyElse(asked, new URL(url).origin);
    assert.deepEqual(told.filter((line) => !line.includes('404')), []);
    await shoot(page, `company-${name}-${look.width}-${look.scheme}-${look.locale}`);
  } finally {
    await context.close();
  }
}

// Half of 1280 is what a wide screen holds at 200 % zoom.
const LOOKS = [[320, 'light', 'en'], [390, 'dark', 'ja'], [640, 'light', 'ja'], [1280, 'dark', 'en']]
  .map(([width, scheme, locale]) => ({ width, scheme, locale }));

describe('a page on which everything happens at once', () => {
  let place;
  before(async () => {
    place = await company('trouble');
  });
  after(() => place?.noroshi.close());

  const PATHS = {
    front: () => '/',
    incident: () => `/incidents/${place.incident}`,
    report: () => `/incidents/${place.report}`,
    history: () => '/history',
    month: () => '/history/2026-07',
    found: () => '/history?q=mail',
    nothing: () => '/history?q=zebra',
    uptime: () => '/uptime',
    calendar: () => '/uptime/datahub',
    announcements: () => '/announcements',
    api: () => '/api',
    missing: () => '/no-such-page',
  };
  for (const [name, path] of Object.entries(PATHS)) {
    for (const look of LOOKS) {
      test(`${name} is well at ${look.width} px, ${look.scheme}, in ${look.locale}`, () =>
        isWell(place.noroshi.url + path(), name, look));
    }
    test(`${name} says the same without scripts`, async () => {
      const words = async (script) => {
        const { context, page } = await opened(browser, place.noroshi.url + path(), { width: 1280, script });
        const said = await page.innerText('main');
        await context.close();
        return said.replace(/\s+/g, ' ');
      };
      assert.equal(await words(true), await words(false));
    });
  }

  const days = '[data-component-id=datahub] .days';
  const told = (page) => page.locator(`${days} .tooltip-box:visible`);

  test('a day tells itself to the pointer, to the keyboard and to a finger', async () => {
    const { url } = place.noroshi;
    const wide = await opened(browser, `${url}/`, { width: 1280, script: false });
    const { page } = wide;
    assert.equal(await told(page).count(), 0, 'nothing is open at first');
    const calm = page.locator(`${days} > [tabindex='-1']`).first();
    await calm.hover();
    assert.match(await told(page).innerText(), /^Apr 19, 2026\s+No downtime recorded on this day\.$/);
    const event = page.locator(`${days} button`);
    await event.nth(-2).hover();
    assert.match(await told(page).innerText(), /^Jul 11, 2026\s+Partial outage 2 hrs 29 mins\s+Related\s+Data Hub job flows started late$/);
    // The pointer can go from the day into what it tells.
    await told(page).getByRole('link').hover();
    await told(page).getByRole('link').click();
    assert.ok(page.url().endsWith(`/incidents/${place.report}`));
    await page.goto(`${url}/`);
    await page.locator('[data-component-id=datahub] summary').focus();
    await page.keyboard.press('Tab');
    assert.match(await told(page).innerText(), /^May 2, 2026/);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Job flows did not start');
    await page.keyboard.press('Tab');
    assert.match(await told(page).innerText(), /^Jul 11, 2026/);
    await wide.context.close();

    const eager = await opened(browser, `${url}/`, { width: 1280 });
    await eager.page.locator(`${days} button`).nth(-2).hover();
    assert.equal(await told(eager.page).count(), 1);
    await eager.page.keyboard.press('Escape');
    assert.equal(await told(eager.page).count(), 0, 'Escape closes it where the pointer stays');
    await eager.page.locator('h1').hover();
    await eager.page.locator(`${days} button`).nth(-2).hover();
    assert.equal(await told(eager.page).count(), 1);
    await eager.context.close();

    const phone = await opened(browser, `${url}/`, { width: 320, touch: true });
    await phone.page.locator(`${days} button`).nth(-2).tap();
    assert.match(await told(phone.page).innerText(), /^Jul 11, 2026/);
    const box = await told(phone.page).boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 320, JSON.stringify(box));
    await holdsNoSidewaysScroll(phone.page);
    await axeFindsNothingSerious(phone.page);
    await shoot(phone.page, 'company-day-320', false);
    await phone.context.close();
  });

  test('a day stands over its own column at every width', async () => {
    for (const [width, shown] of [[1280, 90], [800, 60], [390, 30]]) {
      const { context, page } = await opened(browser, `${place.noroshi.url}/`, { width });
      const apart = await page.evaluate((selector) => {
        const middle = (one) => {
          const { left, right } = one.getBoundingClientRect();
          return (left + right) / 2;
        };
        const slots = [...document.querySelector(selector).children];
        const columns = [...document.querySelectorAll('rect.component-datahub')];
        return slots.map((slot, index) => [slot, columns[index]])
          .filter(([slot]) => slot.offsetWidth > 0)
          .map(([slot, column]) => Math.abs(middle(slot) - middle(column)));
      }, days);
      assert.equal(apart.length, shown);
      assert.ok(Math.max(...apart) < 1, `${width}: ${Math.max(...apart)} px`);
      await context.close();
    }
  });

  test('the menu of feeds opens without a script, and is well', async () => {
    for (const width of [320, 1280]) {
      const bare = await opened(browser, `${place.noroshi.url}/`, { width, script: false });
      await bare.page.click('#subscribe > summary');
      assert.ok(await bare.page.getByRole('link', { name: 'Atom' }).first().isVisible());
      await bare.context.close();
      const { context, page } = await opened(browser, `${place.noroshi.url}/`, { width });
      await page.click('#subscribe > summary');
      await holdsNoSidewaysScroll(page);
      await axeFindsNothingSerious(page);
      await shoot(page, `company-menu-${width}`, false);
      await context.close();
    }
  });

  test('nothing moves where motion is unwanted, and what is printed has no controls', async () => {
    const { context, page } = await opened(browser, `${place.noroshi.url}/`, { width: 1280 });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const moving = await page.evaluate(() => [...document.querySelectorAll('*')]
      .map((one) => getComputedStyle(one))
      .filter((style) => parseFloat(style.transitionDuration) > 0 || style.animationName !== 'none').length);
    assert.equal(moving, 0);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('nav:visible, .days:visible, .page-footer a:visible').count(), 0);
    assert.ok(await page.getByText('Public API v2 answers with errors').first().isVisible());
    await shoot(page, 'company-print');
    await context.close();
  });
});

describe('a page on which nothing stands yet', () => {
  let place;
  before(async () => {
    place = await company('nothing');
  });
  after(() => place?.noroshi.close());

  for (const [name, path] of [['empty', '/'], ['empty-history', '/history'], ['empty-uptime', '/uptime'], ['empty-announcements', '/announcements']]) {
    for (const look of LOOKS) {
      test(`${name} is well at ${look.width} px, ${look.scheme}, in ${look.locale}`, () =>
        isWell(place.noroshi.url + path, name, look));
    }
  }
});

describe('a page in the colours of its team', () => {
  let place;
  before(async () => {
    place = await company('past');
    const file = (name, text) => {
      const path = join(place.noroshi.folder, name);
      writeFileSync(path, text);
      return path;
    };
    const logo = '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="32"><script>alert(1)</script><path fill="#c0392b" d="M0 0h120v32H0z"/></svg>';
    place.noroshi.command('page', 'update', '--accent', '#ffd400', '--logo', file('logo.svg', logo),
      '--favicon', file('icon.svg', logo), '--css', file('own.css', '.page-footer{letter-spacing:3px}</style><script>alert(2)</script>'),
      '--header', 'Part of **Kazamori Group** <script>alert(3)</script>', '--footer', '[Terms](https://kazamori.example/terms)',
      '--company-url', 'https://kazamori.example', '--support-url', 'https://kazamori.example/help',
      '--two-columns', 'true', '--groups-folded', 'true', '--hidden-from-search', 'true', '--powered-by', 'false');
    await eventually(async () => (await place.noroshi.text('/?locale=en')).includes('Kazamori Group'), 10_000, 'the page has its words');
  });
  after(() => place?.noroshi.close());

  test('shows what was set, and lets nothing of it run', async () => {
    const { context, page, told, asked } = await opened(browser, `${place.noroshi.url}/`, { width: 1280 });
    try {
      assert.equal(await page.evaluate(() => document.querySelector('.logo-container img').naturalWidth), 120);
      assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('.page-footer')).letterSpacing), '3px');
      const ground = await page.evaluate(() => getComputedStyle(document.querySelector('.show-updates-dropdown')).backgroundColor);
      assert.notEqual(ground, 'rgb(255, 212, 0)', 'yellow can not be read on white');
      assert.notEqual(ground, 'rgb(20, 24, 26)');
      const [left, right] = await page.$$eval('.component-container', (all) => all.map((one) => one.getBoundingClientRect().left));
      assert.ok(right > left + 200, 'in two columns');
      assert.equal(await page.locator('.is-group > details[open]').count(), 0);
      assert.equal(await page.locator('meta[name=robots][content=noindex]').count(), 1);
      const words = await page.innerText('body');
      assert.ok(words.includes('Part of Kazamori Group') && words.includes('Terms') && words.includes('Our site'));
      assert.ok(!words.includes('Noroshi'));
      assert.deepEqual(told, []);
      asksNobodyElse(asked, place.noroshi.url);
      await axeFindsNothingSerious(page);
      await shoot(page, 'company-branded-1280');
    } finally {
      await context.close();
    }
  });

  for (const look of LOOKS) {
    test(`is well at ${look.width} px, ${look.scheme}, in ${look.locale}`, () => isWell(`${place.noroshi.url}/`, 'branded', look));
  }
});
