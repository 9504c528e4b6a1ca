// Who is told: subscribing, confirming and leaving as a reader; channels, the mail server and
// subscribers as an operator. Mails and rooms are stand-ins that take what they are given.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Hands, manned, seated } from './desk.mjs';
import { eventually } from './installation.mjs';
import { axeFindsNothingSerious, hasNoMissingGlyph, holdsNoSidewaysScroll, launch, opened, shoot } from './looking.mjs';
import { mailbox, room } from './services.mjs';

const LIMIT_MS = 20_000;

let browser;
let place;
let mail;
let chat;
before(async () => {
  browser = await launch();
  mail = await mailbox();
  chat = await room();
  place = await manned('fine', ['--webhooks-anywhere']);
});
after(async () => {
  await place?.noroshi.close();
  await browser?.close();
  mail?.close();
  chat?.close();
});

const linkIn = (text, path) => new RegExp(`https?://[^\\s"<>]*${path}`).exec(text)?.[0];
// The page's own address is not where the test reaches it.
const here = (link) => place.noroshi.url + new URL(link).pathname;

describe('an operator', () => {
  test('sets the mail server, and a test of it arrives', async () => {
    const { context, page, at, told } = await seated(browser, place);
    await page.goto(at('/channels'));
    await page.locator('a[href$="/channels/mail"]').click();
    await page.fill('[name=host]', '127.0.0.1');
    await page.fill('[name=port]', String(mail.port));
    await page.selectOption('[name=security]', 'none');
    await page.fill('[name=from]', 'not an address');
    await page.locator('.sheet-form button').evaluate((button) => (button.form.noValidate = true));
    await page.locator('.sheet-form button').click();
    await page.waitForSelector('#problem');
    assert.equal(await page.inputValue('[name=host]'), '127.0.0.1', 'what was typed stands again');
    await page.fill('[name=from]', 'status@harbor.example');
    await page.locator('.sheet-form button').click();
    await page.waitForURL(/told=mail-set/);
    await page.fill('form[action$="/channels/mail/try"] [name=to]', 'ops@harbor.example');
    await page.locator('form[action$="/channels/mail/try"] button').click();
    await page.waitForURL(/told=channel-tried/);
    assert.equal(mail.mails.length, 1);
    // The form that was refused is an answer that the browser notes.
    assert.deepEqual(told.filter((line) => !line.includes('422')), []);
    await context.close();
  });

  test('adds a room, is told when it does not take a test, and when it does', async () => {
    const { context, page, at } = await seated(browser, place, { script: false });
    await page.goto(at('/channels'));
    const hands = new Hands(page);
    await hands.click('a[href$="/channels/new"]');
    await hands.click('a[href$="/channels/new/slack"]');
    await hands.fill('name', 'On call');
    await hands.fill('target.url', chat.url);
    await page.check('[name=posts]');
    await hands.click('.sheet-form button');
    await page.waitForURL(/told=channel-made/);
    assert.equal(await page.inputValue('[name="target.url"]'), '', 'the address is not given back');
    chat.answers(404);
    await page.locator('form[action$="/try"] button').click();
    assert.ok((await page.innerText('#problem')).includes('it answered 404'));
    chat.answers(200);
    await page.locator('form[action$="/try"] button').click();
    await page.waitForURL(/told=channel-tried/);
    assert.equal(chat.asked.length, 2);
    assert.ok(JSON.stringify(chat.asked[1]).includes('A test message'));
    await context.close();
  });

  test('brings a list in, finds somebody, looks at what was sent, and erases', async () => {
    const { context, page, at } = await seated(browser, place);
    await page.goto(at('/subscribers/import'));
    await page.fill('[name=list]', 'ada@example.com\nno address\n');
    await page.locator('.sheet-form button').click();
    assert.ok((await page.innerText('#problem')).includes('Line 2'));
    await page.fill('[name=list]', 'address,locale\nada@example.com,en\nhana@example.com,ja\n');
    await page.locator('.sheet-form button').click();
    await page.waitForSelector('.flash.ok');
    assert.ok((await page.innerText('.flash.ok')).startsWith('2 brought in'));
    await page.goto(at('/subscribers'));
    await page.fill('[name=words]', 'hana');
    await page.keyboard.press('Enter');
    await page.waitForURL(/words=hana/);
    assert.equal(await page.locator('.rows.of-nouns li').count(), 1);
    await page.locator('.rows.of-nouns a').click();
    await page.waitForURL(/\/subscribers\/[^/?]+$/);
    assert.ok((await page.innerText('h1')).includes('hana@example.com'));
    await page.locator('form[action$="/erase"] [type=checkbox]').check();
    await page.locator('form[action$="/erase"] button').click();
    await page.waitForURL(/told=subscriber-erased/);
    await page.goto(at('/subscribers'));
    assert.ok(!(await page.innerText('main')).includes('hana@example.com'));
    const csv = await (await context.request.get(at('/subscribers.csv'))).text();
    assert.ok(csv.includes('ada@example.com') && !csv.includes('hana@example.com'));
    await context.close();
  });

  test('sees in the composer how many will be told, and they are', async () => {
    const { context, page, at } = await seated(browser, place);
    await page.goto(at('/incidents/new'));
    const words = await page.innerText('form.composer');
    assert.ok(/1 by mail/i.test(words), 'one by mail');
    assert.ok(/1 room/i.test(words), 'one room');
    await page.fill('[name="name.en"]', 'Exports are slow');
    await page.fill('[name="body.en"]', 'Exports take an hour.');
    await page.locator(`label:has(> [name="c.${place.codes.checkout}"][value="partial_outage"])`).click();
    const before = mail.mails.length;
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/told=incident-posted/);
    await eventually(() => mail.mails.length > before && chat.asked.length > 2, LIMIT_MS, 'they are told');
    assert.ok(mail.mails.at(-1).includes('Exports are slow'));
    assert.ok(JSON.stringify(chat.asked.at(-1)).includes('Exports are slow'));
    await page.goto(at('/subscribers'));
    await page.locator('.rows.of-nouns a').first().click();
    await page.waitForSelector('.of-nouns .noun');
    const log = await page.innerText('main');
    assert.ok(log.includes('Exports are slow') && log.includes('Taken'), log);
    await context.close();
  });
});

describe('a reader', () => {
  for (const locale of ['en', 'ja']) {
    test(`subscribes from the menu, confirms and leaves without scripts, ${locale}`, async () => {
      const address = `reader-${locale}@example.com`;
      const mine = () => mail.mails.filter((text) => text.includes(address));
      const { context, page } = await opened(browser, `${place.noroshi.url}/?locale=${locale}`, { width: 390, locale, script: false });
      const hands = new Hands(page);
      await hands.click('#subscribe summary');
      await hands.click('#subscribe a.form');
      await hands.fill('email', address);
      await hands.click('form:has([name=email]) button[type=submit]');
      // The menu is one of them.
      assert.ok(hands.count <= 4);
      await page.waitForSelector(`main :text("${address}")`);
      await eventually(() => mine().length === 1, LIMIT_MS, 'the question arrives');
      const confirm = linkIn(mine()[0], '/subscriptions/[^\\s"<>]*/confirm');
      assert.ok(confirm, 'the mail leads somewhere');
      await page.goto(here(confirm));
      await page.locator('main form button[type=submit]').first().click();
      await page.waitForLoadState();
      const { context: desk, page: operator, at } = await seated(browser, place);
      await operator.goto(at(`/subscribers?words=reader-${locale}&state=active`));
      assert.equal(await operator.locator('.rows.of-nouns li').count(), 1);
      await operator.goto(at('/incidents'));
      await operator.locator('.rows a').first().click();
      await operator.goto(`${operator.url().split('?')[0]}/update`);
      await operator.fill('[name="body.en"]', `News for ${locale}.`);
      await operator.keyboard.press('Control+Enter');
      await operator.waitForURL(/told=/);
      await desk.close();
      await eventually(() => mine().length === 2, LIMIT_MS, 'the news arrives');
      const leave = linkIn(mine()[1], '/subscriptions/[^\\s"<>]*/leave');
      await page.goto(here(leave));
      await page.locator('main form button[type=submit]').first().click();
      await page.waitForLoadState();
      const { context: desk2, page: operator2 } = await seated(browser, place);
      await operator2.goto(at(`/subscribers?words=reader-${locale}&state=unsubscribed`));
      assert.equal(await operator2.locator('.rows.of-nouns li').count(), 1);
      await desk2.close();
      assert.ok((await page.locator('html').getAttribute('lang')).startsWith(locale));
      await context.close();
    });
  }

  test('follows one incident in three actions', async () => {
    const { context, page } = await opened(browser, `${place.noroshi.url}/`, { width: 1280, script: false });
    const hands = new Hands(page);
    await page.locator('.follow a').first().click();
    await hands.click('main a[href*="/subscribe?incident="]');
    await hands.fill('email', 'follower@example.com');
    await hands.click('form:has([name=email]) button[type=submit]');
    await page.waitForSelector('main :text("follower@example.com")');
    assert.ok(hands.count <= 3);
    const mine = () => mail.mails.filter((text) => text.includes('follower@example.com'));
    await eventually(() => mine().length === 1, LIMIT_MS, 'the question arrives');
    await context.close();
  });
});

const SCREENS = {
  subscribe: () => `${place.noroshi.url}/subscribe`,
  channels: (at) => at('/channels'),
  services: (at) => at('/channels/new'),
  channel: (at) => at('/channels/new/sms'),
  mail: (at) => at('/channels/mail'),
  subscribers: (at) => at('/subscribers'),
  import: (at) => at('/subscribers/import'),
};
for (const [name, where] of Object.entries(SCREENS)) {
  for (const [width, scheme, locale] of [[320, 'light', 'ja'], [1280, 'dark', 'en']]) {
    test(`${name} looks well at ${width}, ${scheme}, ${locale}`, async () => {
      const { context, page, at } = await seated(browser, place, { width, scheme, locale });
      await page.goto(`${where(at)}${name === 'subscribe' ? `?locale=${locale}` : ''}`);
      await holdsNoSidewaysScroll(page);
      await hasNoMissingGlyph(page);
      await axeFindsNothingSerious(page);
      await shoot(page, `telling-${name}-${width}-${scheme}-${locale}`);
      await context.close();
    });
  }
}
