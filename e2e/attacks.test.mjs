// Words that want to be programs: every text field that the product takes is given them, by the own
// API and by every form of the console, and then a real browser opens every page and screen.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { PASSWORD, manned, seated } from './desk.mjs';
import { eventually } from './installation.mjs';
import { launch } from './looking.mjs';

const ELSEWHERE = 'elsewhere.example';
// Each closes whatever it may stand in, and calls what only this suite watches.
const LONG = `"'></title></textarea></style></script></option><svg onload=__hit()>`
  + '[a](javascript:__hit()) [b](data:text/html,<script>__hit()</script>) [c](vbscript:__hit())'
  + ` ![d](https://${ELSEWHERE}/d.png) <https://${ELSEWHERE}/"onmouseover="__hit()>`
  + ' <iframe srcdoc="<script>parent.__hit()</script>"></iframe> <details open ontoggle=__hit()>'
  + ` <style>@import "https://${ELSEWHERE}/s.css";*{background:url(https://${ELSEWHERE}/u)}</style>`;
const SHORT = `"'></title></textarea></style></script><svg onload=__hit()>`;
const RULES = `}</style><svg onload=__hit()><style>@import "https://${ELSEWHERE}/s.css";`
  + `body{background:url("https://${ELSEWHERE}/u");background:url(//${ELSEWHERE}/v)}`;
const ADDRESS = `https://${ELSEWHERE}/"onmouseover="__hit()"><svg onload=__hit()>`;
const PROGRAM = 'javascript:__hit()//';
const ATTEMPTS = [LONG, SHORT, RULES, ADDRESS, PROGRAM, JSON.stringify({ note: LONG })];
// What the own API's fields hold that is no free text, by the names of its description.
const NO_TEXT = /Id$|^(Instant|Zone|Locale|Status|Lifecycle|Act|AtEnd|Policy|Impact|StartDate|Seq)$/;
// Fields of hosts, paths, colours, days and rules, which take nothing else.
const REFUSED = ['createPage.hosts', 'createPage.path', 'createRecurrence.rule',
  'openIncident.update.promises.postmortem', 'planMaintenance.update.promises.postmortem',
  'postUpdate.update.promises.postmortem', 'settings.accent', 'settings.old_hosts', 'settings.old_paths',
  'updatePage.hosts', 'updatePage.path'];
// Forms that end what the rest needs, or that want a secret.
const LEFT_OUT = /\/(sign-out|password|disable|withdraw|revoke|second-factor|passkeys|provider\/drop|settings\/delete|retire|remove|restore|sessions)\b|sign-in|\/language$/;
const FIELDS_MIN = 60;
const PAGES_MAX = 800;

let browser;
let place;
let token;
let base;
let document;
const accepted = new Set();
const refused = new Set();

before(async () => {
  browser = await launch();
  place = { ...await manned('overdue'), home: /\/console(\/pages\/|$)/ };
  base = `${place.noroshi.url}/api/noroshi/v1`;
  token = place.noroshi.command('token', 'create', '--name', SHORT, '--role', 'owner').token;
  place.noroshi.command('template', 'create', '--name', 'Slow', '--title', 'Slow');
  place.noroshi.command('announcement', 'create', '--title', 'Hello');
  document = await (await sent('GET', '/openapi.json')).json();
});
after(async () => {
  await place?.noroshi.close();
  await browser?.close();
});

function sent(method, path, body) {
  return fetch(base + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

// Each place in a body that takes free text: its name, and what puts a word there.
function texts(schema, name = '') {
  if (schema.$ref) {
    const called = schema.$ref.split('/').pop();
    if (NO_TEXT.test(called)) return [];
    if (called === 'Texts') return [[name, (word) => ({ en: word, ja: word })]];
    return texts(document.components.schemas[called], name);
  }
  if (schema.anyOf || schema.oneOf) return (schema.anyOf ?? schema.oneOf).flatMap((one) => texts(one, name));
  const types = [schema.type ?? []].flat();
  if (types.includes('string') && !schema.enum && !schema.const) return [[name, (word) => word]];
  if (types.includes('array') && schema.items) {
    return texts(schema.items, name).map(([inner, put]) => [inner, (word) => [put(word)]]);
  }
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) =>
    texts(value, key).map(([inner, put]) => [inner === key ? key : `${key}.${inner}`, (word) => ({ [key]: put(word) })]));
}

const merged = (one, other) => {
  const isObject = (value) => value && typeof value === 'object' && !Array.isArray(value);
  if (!isObject(one) || !isObject(other)) return other;
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(keys.map((key) => [key, key in other ? merged(one[key], other[key]) : one[key]]));
};

// Each operation that takes words: its address, and the least that it needs.
function operations() {
  const at = `/pages/${place.page}`;
  const { checkout, search } = place.codes;
  const plan = { scheduled_for: '2026-08-01T00:00:00Z', scheduled_until: '2026-08-01T01:00:00Z' };
  return {
    createPage: ['POST', '/pages', () => ({ name: { en: 'More' }, path: `/p${accepted.size}${refused.size}`,
      zone: 'UTC', default_locale: 'en', locales: ['en', 'ja'] })],
    updatePage: ['PATCH', at, () => ({})],
    createComponent: ['POST', `${at}/components`, () => ({ name: { en: 'Web' }, showcase: true })],
    createGroup: ['POST', `${at}/groups`, () => ({ name: { en: 'More' }, components: [place.codes.chat] })],
    openIncident: ['POST', `${at}/incidents`, () => ({ kind: 'incident', fields: { name: { en: 'Slow' } },
      update: { body: { en: 'We look.' }, statuses: { [checkout]: 'partial_outage' }, lifecycle: 'identified' } })],
    planMaintenance: ['POST', `${at}/incidents`, () => ({ kind: 'maintenance', fields: { name: { en: 'Work' }, ...plan },
      update: { attach: [search] } })],
    postUpdate: ['POST', `${at}/incidents/${place.incident}/updates`, () => ({ update: {} })],
    placeHold: ['POST', `${at}/holds`, () => ({ component_id: place.codes.chat, status: 'operational', reason: 'Seen',
      to: '2026-07-17T09:00:00Z' })],
    amend: ['POST', `${at}/components/${checkout}/amendments`, () => ({ from: '2026-07-16T00:00:00Z',
      to: '2026-07-16T01:00:00Z', status: 'partial_outage' })],
    createRecurrence: ['POST', `${at}/recurrences`, () => ({ rule: 'FREQ=WEEKLY;BYDAY=SU',
      first_at: '2026-07-19T00:00:00Z', duration_s: 3600, name: { en: 'Weekly' } })],
    createAnnouncement: ['POST', `${at}/announcements`, () => ({ title: { en: 'Hello' } })],
    createTemplate: ['POST', `${at}/templates`, () => ({ name: `Slow ${accepted.size} ${refused.size}` })],
  };
}

function schemaOf(name) {
  const called = name === 'planMaintenance' ? 'openIncident' : name;
  const found = Object.values(document.paths).flatMap(Object.values).find((one) => one.operationId === called);
  return found.requestBody.content['application/json'].schema;
}

// What is sent for a word: page settings are replaced as a whole, so each joins those before it.
let settings = {};
function bodyFor(least, put, word) {
  const body = merged(least(), put(word));
  return body.settings ? { ...body, settings: { ...settings, ...body.settings } } : body;
}

async function planted(name, [method, path, least], [field, put]) {
  for (const word of ATTEMPTS) {
    const body = bodyFor(least, put, word);
    const answer = await sent(method, path, body);
    assert.ok(answer.status < 500, `${name} ${field}: ${answer.status}`);
    if (answer.ok) {
      if (body.settings) settings = body.settings;
      return true;
    }
  }
  return false;
}

// Opens an address and looks whether anything ran, stands as markup, or was asked for elsewhere.
async function opensQuietly(page, url, seen) {
  seen.length = 0;
  const answer = await page.goto(url, { waitUntil: 'load' });
  assert.ok(answer.status() < 500, `${url}: ${answer.status()}`);
  const found = await page.evaluate(() => {
    const hostile = [];
    const programs = /^\s*(javascript|vbscript|data:text)/i;
    for (const element of globalThis.document.querySelectorAll('*')) {
      for (const { name, value } of element.attributes) {
        if (/^on/i.test(name) || name === 'srcdoc') hostile.push(`${element.tagName} ${name}`);
        if (/^(href|src|action|formaction|data|poster)$/.test(name) && programs.test(value)) {
          hostile.push(`${element.tagName} ${name}=${value}`);
        }
      }
      const runs = element.tagName === 'SCRIPT' && /^(|module|text\/javascript)$/.test(element.type);
      if (runs && /__hit/.test(element.textContent)) hostile.push(element.outerHTML.slice(0, 200));
    }
    const links = [...globalThis.document.querySelectorAll('a[href], link[href], iframe[src]')].map((one) => one.href || one.src);
    return { hostile, hits: globalThis.__hits ?? 0, links };
  });
  assert.deepEqual(found.hostile, [], url);
  assert.equal(found.hits, 0, url);
  assert.deepEqual(seen, [], url);
  return found.links;
}

// Watches a browser for what must not happen in it.
async function watched(context, page) {
  const seen = [];
  await page.addInitScript(() => {
    globalThis.__hits = 0;
    globalThis.__hit = () => { globalThis.__hits += 1; };
  });
  page.on('dialog', (dialog) => { seen.push(dialog.message()); dialog.dismiss(); });
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (/^https?:$/.test(protocol) && host !== new URL(place.noroshi.url).host) seen.push(request.url());
  });
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) seen.push(message.text());
  });
  return seen;
}

// Every page and screen that one address leads to, each once.
async function walked(page, seen, starts, within) {
  const waiting = [...starts];
  const done = new Set();
  while (waiting.length) {
    const url = waiting.pop().replace(/#.*$/, '');
    if (done.has(url) || !url.startsWith(within) || /\.(js|png|csv|ics|atom|rss|svg|css|woff2?)(\?|$)|\/events|sign-out/.test(url)) continue;
    done.add(url);
    assert.ok(done.size <= PAGES_MAX, `more than ${PAGES_MAX} pages: ${[...done].slice(-3)}`);
    waiting.push(...await opensQuietly(page, url, seen));
  }
  return done;
}

describe('words that want to be programs', () => {
  test('are taken by every field of the own API that takes words, and by no other', async () => {
    for (const [name, operation] of Object.entries(operations())) {
      for (const [field, put] of texts(schemaOf(name))) {
        const called = field.startsWith('settings.') ? field : `${name}.${field}`;
        const isTaken = await planted(name, operation, [field, put]);
        (isTaken ? accepted : refused).add(called);
      }
    }
    assert.ok(accepted.size >= 30, [...accepted].join(' '));
    assert.deepEqual([...refused].sort(), REFUSED);
  });

  test('are taken by every form of the console', async () => {
    // A browser names itself, and its owner's account shows how.
    await fetch(`${place.noroshi.url}/console/sign-in`, { method: 'POST', redirect: 'manual',
      headers: { 'user-agent': SHORT, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ email: place.email, password: PASSWORD }) });
    const { context, page, at } = await seated(browser, place);
    const filled = new Set();
    const screens = ['', '/incidents/new', `/incidents/${place.incident}/update`, `/incidents/${place.incident}`,
      '/components/new', `/components/${place.codes.search}`, '/groups/new', '/maintenance/new', '/announcements/new',
      '/templates/new', '/settings'].map((path) => at(path));
    const whole = ['/console/account', '/console/team', '/console/tokens', '/console/signing-in', '/console/new-page']
      .map((path) => place.noroshi.url + path);
    for (const url of [...screens, ...whole]) {
      await page.goto(url);
      const answers = await page.evaluate(async ({ words, leftOut }) => {
        const told = [];
        for (const form of globalThis.document.querySelectorAll('form[method=post]')) {
          // A button may be named like the form's own words.
          const path = form.getAttribute('action') || globalThis.location.pathname;
          if (new RegExp(leftOut).test(path)) continue;
          const names = [];
          for (const field of form.querySelectorAll('textarea, input:not([type]), input[type=text], input[type=search], input[type=url]')) {
            if (field.name === 'zone' || field.name === 'rule') continue;
            const fits = words.find((word) => field.maxLength < 0 || word.length <= field.maxLength);
            field.value = fits ?? words[1].slice(0, field.maxLength);
            names.push(field.name);
          }
          for (const field of form.querySelectorAll('input[type=datetime-local]')) {
            if (field.required && !field.value) field.value = field.name === 'to' ? '2026-07-17T16:00' : '2026-07-17T14:00';
          }
          if (!names.length) continue;
          const button = form.querySelector('button[value=post], button[value=keep], button');
          const data = new URLSearchParams(new FormData(form, button));
          const answer = await fetch(path, { method: 'POST', body: data });
          told.push([path, names, answer.status]);
        }
        return told;
      }, { words: [LONG, SHORT], leftOut: LEFT_OUT.source });
      for (const [path, names, status] of answers) {
        assert.ok(status < 500, `${path}: ${status}`);
        for (const name of names) filled.add(`${path.replace(/\/[a-z0-9]{12}(?=\/|$)/g, '/*')} ${name}`);
      }
    }
    assert.ok(filled.size >= FIELDS_MIN, `${filled.size}: ${[...filled].join('\n')}`);
    await context.close();
  });

  test('run on no public page, and ask for nothing elsewhere', async () => {
    await eventually(async () => (await place.noroshi.text('/?locale=en')).includes('__hit'), 20_000, 'the words stand on the page');
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const seen = await watched(context, page);
    const { url } = place.noroshi;
    const starts = ['/', '/ja/', '/history', '/uptime', '/announcements', '/api', '/embed/frame', '/no-such-page',
      `/history?q=${encodeURIComponent(SHORT)}`, `/?locale=${encodeURIComponent(SHORT)}`, `/${encodeURIComponent(SHORT)}`,
      `/history?component=${encodeURIComponent(SHORT)}`, `/uptime?component=${encodeURIComponent(SHORT)}`,
      '/api/v2/summary.json', '/history.atom', '/history.rss', '/badge.svg', '/state.json', '/journal.json']
      .map((path) => url + path);
    const done = await walked(page, seen, starts, url);
    for (const path of ['/history.atom', '/history.rss', '/badge.svg']) await opensQuietly(page, url + path, seen);
    assert.ok(done.size >= 30, `${done.size} pages`);
    await context.close();
  });

  test('run on no screen of the console', async () => {
    const { context, page, at } = await seated(browser, place);
    const seen = await watched(context, page);
    const { url } = place.noroshi;
    const starts = [at(), at('/incidents/new'), at(`/incidents/${place.incident}`), `${url}/console/audit`,
      `${url}/console/account`, `${url}/console/team`, `${url}/console/tokens`, `${url}/console/signing-in`,
      `${url}/console/sign-in?next=${encodeURIComponent(SHORT)}`, `${url}/console/setup?token=${encodeURIComponent(SHORT)}`,
      at(`?told=${encodeURIComponent(SHORT)}`), at(`/incidents/new?template=${encodeURIComponent(SHORT)}`)];
    await page.goto(`${url}/console/account`);
    assert.ok((await page.innerText('main')).includes('__hit'), 'a session says which browser has it');
    const done = await walked(page, seen, starts, `${url}/console`);
    assert.ok(done.size >= 30, `${done.size} screens`);
    await context.close();
  });
});
