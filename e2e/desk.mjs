// An operator's browser at the console of an installation.
import { installed } from './states.mjs';

export const PASSWORD = 'harbour-lantern-at-dusk';

// A page in a state, with an owner who can sign in at its console.
export async function manned(state, options = []) {
  const place = await installed(state, options);
  try {
    return { ...place, email: hired(place, 'Sakura', 'owner') };
  } catch (error) {
    await place.noroshi.close();
    throw error;
  }
}

// Makes an account, and gives the address to sign in with.
export function hired(place, name, role) {
  const email = `${name.toLowerCase()}@harbor.example`;
  place.noroshi.typed(`${PASSWORD}\n`, 'user', 'add', '--email', email, '--name', name, '--role', role,
    '--password-stdin');
  return email;
}

// The cookies of whoever has signed in, by the place's folder and the address.
const sessions = new Map();

async function signedIn(browser, place) {
  const of = `${place.noroshi.folder} ${place.email}`;
  if (sessions.has(of)) return sessions.get(of);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${place.noroshi.url}/console/sign-in`);
  await page.locator('[name=email]').fill(place.email);
  await page.locator('[name=password]').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForURL(place.home ?? /\/console\/pages\//);
  const cookies = await context.cookies();
  await context.close();
  sessions.set(of, cookies);
  return cookies;
}

// A browser in which somebody has signed in, in a language.
export async function seated(browser, place, { width = 1280, height = 900, scheme = 'light', locale = 'en', script = true } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    locale: locale === 'ja' ? 'ja-JP' : 'en-US',
    javaScriptEnabled: script,
  });
  await context.addCookies(await signedIn(browser, place));
  await context.addCookies([{ name: 'noroshi_language', value: locale, url: place.noroshi.url }]);
  const page = await context.newPage();
  const told = [];
  page.on('console', (message) => {
    if (message.type() === 'error') told.push(message.text());
  });
  page.on('pageerror', (error) => told.push(String(error)));
  const at = (rest = '') => `${place.noroshi.url}/console/pages/${place.page}${rest}`;
  return { context, page, told, at };
}

// Counts what a person does: a click, a field that is filled, a chord of keys.
export class Hands {
  constructor(page) {
    this.page = page;
    this.count = 0;
  }

  async click(selector) {
    this.count += 1;
    await this.page.locator(selector).first().click();
  }

  // What stands in a list of choices is chosen by a click on its words.
  async choose(name, value) {
    this.count += 1;
    await this.page.locator(`label:has(> [name="${name}"][value="${value}"])`).click();
  }

  async fill(name, text) {
    this.count += 1;
    await this.page.locator(`[name="${name}"]`).fill(text);
  }

  async press(keys) {
    this.count += 1;
    await this.page.keyboard.press(keys);
  }
}
