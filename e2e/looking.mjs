// What is looked at on every page, in a real browser.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = createRequire(`${process.env.SUITE_NODE_MODULES}/package.json`);
const { chromium } = modules('playwright-core');
const { AxeBuilder } = modules('@axe-core/playwright');

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const shots = join(root, '.suite', 'shots');
mkdirSync(shots, { recursive: true });

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: FLAGS });

export async function opened(browser, url, { width, height = 844, scheme = 'light', locale = 'en', script = true, touch = false }) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    locale: locale === 'ja' ? 'ja-JP' : 'en-US',
    timezoneId: 'Europe/Lisbon',
    javaScriptEnabled: script,
    hasTouch: touch,
  });
  const page = await context.newPage();
  const told = [];
  const asked = [];
  page.on('console', (message) => {
    if (message.type() === 'error') told.push(message.text());
  });
  page.on('pageerror', (error) => told.push(String(error)));
  page.on('request', (request) => asked.push(request.url()));
  const answer = await page.goto(url, { waitUntil: 'load' });
  return { context, page, told, asked, answer };
}

export const shoot = (page, name, fullPage = true) =>
  page.screenshot({ path: join(shots, `${name}.png`), fullPage });

export async function holdsNoSidewaysScroll(page) {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const culprits = [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .slice(0, 5)
      .map((element) => `${element.tagName}.${element.getAttribute('class')}`);
    return { width, scroll: document.documentElement.scrollWidth, culprits };
  });
  assert.ok(wide.scroll <= wide.width, `scrolls sideways: ${JSON.stringify(wide)}`);
}

export async function axeFindsNothingSerious(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html).join(' | ')}`);
  assert.deepEqual(serious, []);
}

// Requests that the first paint waited for, the page's own and its icon left out.
export async function paintsAfterOneRequest(page) {
  const early = await page.evaluate(async () => {
    const painted = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
    for (let tries = 0; tries < 100 && painted() === undefined; tries += 1) {
      await new Promise((wake) => setTimeout(wake, 20));
    }
    return performance
      .getEntriesByType('resource')
      .filter(({ startTime }) => startTime < (painted() ?? Infinity))
      .filter(({ renderBlockingStatus }) => renderBlockingStatus !== 'non-blocking')
      .map(({ name }) => name);
  });
  assert.deepEqual(early.filter((url) => !/favicon|icon/.test(url)), []);
}

export function asksNobodyElse(asked, url) {
  const foreign = asked.filter((one) => !one.startsWith(url) && !/^(data|blob|about):/.test(one));
  assert.deepEqual(foreign, []);
}

// A character for which no font has a glyph is drawn as the same box as one that no font can have.
export async function hasNoMissingGlyph(page) {
  const missing = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    canvas.width = 40;
    canvas.height = 40;
    const pen = canvas.getContext('2d', { willReadFrequently: true });
    const family = getComputedStyle(document.body).fontFamily;
    const drawn = (letter) => {
      pen.clearRect(0, 0, 40, 40);
      pen.font = `24px ${family}`;
      pen.fillText(letter, 4, 30);
      return pen.getImageData(0, 0, 40, 40).data.join();
    };
    const boxes = new Set(['\u{10FFFF}', '\uFFFE', '\u{E0FFF}'].map(drawn));
    boxes.delete(drawn(' '));
    const letters = new Set(document.body.innerText.replace(/\s/g, ''));
    return [...letters].filter((letter) => boxes.has(drawn(letter)));
  });
  assert.deepEqual(missing, []);
}

// Whether the words stand wholly within the first screen, without scrolling.
export function seenAtOnce(page, words) {
  return page.evaluate((wanted) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT);
    for (let element = walker.nextNode(); element; element = walker.nextNode()) {
      const read = (one) => (one.innerText ?? '').replace(/\s+/g, ' ');
      if (!read(element).includes(wanted)) continue;
      const deeper = [...element.children].some((child) => read(child).includes(wanted));
      if (deeper) continue;
      const { top, bottom, width } = element.getBoundingClientRect();
      if (width > 0 && top >= 0 && bottom <= window.innerHeight) return true;
      // A long element: the words' own place counts.
      const range = document.createRange();
      for (const node of element.childNodes) {
        const place = node.nodeType === Node.TEXT_NODE ? node.data.indexOf(wanted) : -1;
        if (place < 0) continue;
        range.setStart(node, place);
        range.setEnd(node, place + wanted.length);
        const rect = range.getBoundingClientRect();
        if (rect.top >= 0 && rect.bottom <= window.innerHeight) return true;
      }
    }
    return false;
  }, words);
}
