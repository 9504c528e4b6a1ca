// Signing in in a real browser: with a real provider, whose groups become roles.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { PASSWORD, manned, seated } from './desk.mjs';
import { axeFindsNothingSerious, hasNoMissingGlyph, holdsNoSidewaysScroll, launch, shoot } from './looking.mjs';
import { provided, signOn } from './provider.mjs';

const WIDTHS = [320, 390, 1280];

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

// Looks at a screen in each language, theme and width; `seat` opens a browser for it.
async function looksWell(name, seat, path, prepare = async () => {}) {
  for (const locale of ['en', 'ja']) {
    for (const scheme of ['light', 'dark']) {
      for (const width of WIDTHS) {
        const { context, page } = await seat({ width, scheme, locale });
        await page.goto(path);
        await prepare(page);
        assert.equal(await page.getAttribute('html', 'lang'), locale);
        await holdsNoSidewaysScroll(page);
        await hasNoMissingGlyph(page);
        await axeFindsNothingSerious(page);
        await shoot(page, `signing-in-${name}-${width}-${scheme}-${locale}`);
        await context.close();
      }
    }
  }
}

// A browser in which nobody has signed in.
async function strange({ width = 1280, height = 900, scheme = 'light', locale = 'en' } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    locale: locale === 'ja' ? 'ja-JP' : 'en-US',
  });
  return { context, page: await context.newPage() };
}

describe('signing on with a provider', () => {
  let place;
  let provider;
  const people = {};
  before(async () => {
    place = await manned('fine');
    provider = await provided(place, people, [
      { group: 'on-call', role: 'responder', page: place.page },
      { group: 'readers', role: 'viewer' },
      { group: 'platform', role: 'owner' },
    ]);
  });
  after(async () => {
    await provider?.close();
    await place?.noroshi.close();
  });
  const known = (id, groups) => {
    people[id] = { email: `${id}@harbor.example`, email_verified: true, name: 'Haruka', groups };
  };

  test('lets in whom the groups give a role, and the role follows the groups', async () => {
    known('haruka', ['readers']);
    const first = await strange();
    await signOn(first.page, place, 'haruka');
    const now = `${place.noroshi.url}/console/pages/${place.page}`;
    await first.page.goto(now);
    assert.equal(await first.page.locator('.me').innerText(), 'Haruka');
    assert.equal(await first.page.locator('a[href$="/incidents/new"]').count(), 0, 'a reader posts nothing');

    known('haruka', ['on-call', 'chess']);
    const second = await strange();
    await signOn(second.page, place, 'haruka');
    await second.page.goto(now);
    assert.ok(await second.page.locator('a[href$="/incidents/new"]').count(), 'whoever is on call posts');
    await first.page.reload();
    assert.ok(await first.page.locator('a[href$="/incidents/new"]').count(), 'in each of her browsers');

    known('haruka', ['chess']);
    const third = await strange();
    await signOn(third.page, place, 'haruka');
    assert.ok((await third.page.innerText('main')).includes('None of your groups has a role here'));
    await second.page.goto(now);
    assert.match(second.page.url(), /\/console\/sign-in/, 'what she had is gone');
    for (const { context } of [first, second, third]) await context.close();
  });

  test('comes back to what was asked for', async () => {
    known('kaoru', ['readers']);
    const { context, page } = await strange();
    place.noroshi.setClock(new Date().toISOString());
    const wanted = `${place.noroshi.url}/console/pages/${place.page}/incidents`;
    await page.goto(wanted);
    await page.click('a[href^="/console/sign-in/provider"]');
    await page.fill('[name=login]', 'kaoru');
    await page.fill('[name=password]', 'anything');
    await page.click('button[type=submit]');
    await page.getByText('Authorize', { exact: true }).waitFor();
    await page.click('button[type=submit]');
    await page.waitForURL(wanted);
    await context.close();
  });

  test('shows its button well', () => looksWell('door', strange, `${place.noroshi.url}/console/sign-in`));

  test('shows well why somebody is not let in', () =>
    looksWell('refused', strange, `${place.noroshi.url}/console/sign-in/provider/back?state=x&code=y`));

  test('stands well in the audit', () =>
    looksWell('audit', (end) => seated(browser, place, end), `${place.noroshi.url}/console/audit`));

  test('shows its settings well', () =>
    looksWell('settings', (end) => seated(browser, place, end), `${place.noroshi.url}/console/signing-in`));
});

describe('a second factor that is required', () => {
  test('is set up before anything else, and its screens look well', async () => {
    const place = await manned('fine');
    try {
      place.noroshi.typed('', 'admin', 'second-factor', 'required');
      await looksWell('factor-required', async (end) => seated(browser, { ...place, home: /second-factor/ }, end),
        `${place.noroshi.url}/console`);
      const { context, page, at } = await seated(browser, { ...place, home: /second-factor/ });
      await page.goto(at());
      assert.match(page.url(), /\/console\/account\/second-factor$/);
      await page.fill('[name=code]', await codeOf(page, place));
      await page.fill('[name=password]', PASSWORD);
      await page.keyboard.press('Enter');
      await page.getByText('Your recovery codes').waitFor();
      await holdsNoSidewaysScroll(page);
      await axeFindsNothingSerious(page);
      await shoot(page, 'signing-in-recovery-1280-light-en');
      await page.goto(at());
      assert.equal(page.url(), at());
      await context.close();
    } finally {
      await place.noroshi.close();
    }
  });
});

describe('passkeys', () => {
  let place;
  let url;
  before(async () => {
    place = await manned('fine');
    // Keys belong to names, and an address of numbers is none.
    url = place.noroshi.url.replace('127.0.0.1', 'localhost');
  });
  after(() => place?.noroshi.close());

  // A browser with a key in it, at whose touch its owner is known.
  async function keyed() {
    const { context, page } = await strange();
    const session = await context.newCDPSession(page);
    await session.send('WebAuthn.enable');
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    const known = (isUserVerified) =>
      session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    return { context, page, known };
  }

  async function byPassword(page) {
    await page.goto(`${url}/console/sign-in`);
    await page.fill('[name=email]', place.email);
    await page.fill('[name=password]', PASSWORD);
    await page.locator('form.fields button').click();
  }

  async function askForPasskey(page) {
    await page.fill('#passkey-name', 'Telephone');
    await page.fill('#passkey-password', PASSWORD);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
  }

  // Signs in by password, and adds the browser's key to the account.
  async function addPasskey(page) {
    await byPassword(page);
    await page.waitForURL(/\/console\/pages\//);
    await page.goto(`${url}/console/account`);
    await askForPasskey(page);
    await page.waitForURL(/told=passkey-added/);
  }

  // First, for the screens are opened with a password alone.
  test('stand well at your own account', () =>
    looksWell('account', (end) => seated(browser, place, end), `${place.noroshi.url}/console/account`));

  test('are made, sign in alone and after a password, and sign in no more when removed', async () => {
    const { context, page } = await keyed();
    await addPasskey(page);
    assert.ok((await page.innerText('main')).includes('Telephone'));
    await axeFindsNothingSerious(page);
    await shoot(page, 'signing-in-passkeys-1280-light-en');

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.waitForURL(/\/console\/pages\//);

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/sign-in/);
    await byPassword(page);
    await page.getByRole('button', { name: 'Use a passkey' }).waitFor();
    await page.goto(`${url}/console/account`);
    assert.match(page.url(), /sign-in/, 'a password alone opens nothing any more');
    await byPassword(page);
    await axeFindsNothingSerious(page);
    await shoot(page, 'signing-in-after-password-1280-light-en');
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.waitForURL(/\/console\/pages\//);

    await page.goto(`${url}/console/account`);
    await page.locator('details.drop summary').first().click();
    await page.fill('details.drop [name=password]', PASSWORD);
    await page.locator('details.drop button').click();
    await page.waitForURL(/told=passkey-removed/);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('This passkey is not known here').waitFor();
    await byPassword(page);
    await page.waitForURL(/\/console\/pages\//);
    await context.close();
  });

  test('sign in alone only when they know who touches them', async () => {
    const { context, page, known } = await keyed();
    await byPassword(page);
    await page.waitForURL(/\/console\/pages\//);
    await page.goto(`${url}/console/account`);
    await known(false);
    await askForPasskey(page);
    await page.getByText('No passkey was made').waitFor();
    await context.close();
  });

  test('are asked for well after a password', async () => {
    const { context, page } = await keyed();
    await addPasskey(page);
    await looksWell('after-password', strange, `${url}/console/sign-in`, async (other) => {
      await other.fill('[name=email]', place.email);
      await other.fill('[name=password]', PASSWORD);
      await other.locator('form.fields button').click();
      await other.locator('form[data-challenge] button').waitFor();
    });
    await context.close();
  });
});

// The code that an app shows for the secret on the screen (RFC 6238), at the installation's time.
async function codeOf(page, place) {
  const secret = Buffer.from(await page.inputValue('[name=secret]'), 'hex');
  const step = Buffer.alloc(8);
  step.writeBigInt64BE(BigInt(Math.floor(Date.parse(place.noroshi.clock()) / 30_000)));
  const hash = createHmac('sha1', secret).update(step).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

describe('before anything is set', () => {
  test('the settings of signing in look well', async () => {
    const place = await manned('fine');
    try {
      await looksWell('settings-empty', (end) => seated(browser, place, end), `${place.noroshi.url}/console/signing-in`);
    } finally {
      await place.noroshi.close();
    }
  });
});
