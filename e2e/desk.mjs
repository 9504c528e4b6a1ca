// An operator's browser at the console of an installation.
import { installed, STATES } from './states.mjs';

// A page in a state, with a key for whoever sits at its console.
export async function manned(state) {
  const place = await installed(state);
  const made = place.noroshi.command('token', 'create', '--name', 'Sakura', '--role', 'owner');
  return { ...place, key: made.token };
}

export { STATES };

// A browser that shows the key with everything it asks, in a language.
export async function seated(browser, place, { width = 1280, height = 900, scheme = 'light', locale = 'en', script = true } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    locale: locale === 'ja' ? 'ja-JP' : 'en-US',
    javaScriptEnabled: script,
    extraHTTPHeaders: { authorization: `OAuth ${place.key}` },
  });
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
