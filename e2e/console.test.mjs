// The console in a real browser: an incident posted in seconds, drafts that nothing takes, and every
// screen looked at in each width, theme and language.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Hands, hired, manned, seated } from './desk.mjs';
import { eventually } from './installation.mjs';
import { axeFindsNothingSerious, hasNoMissingGlyph, holdsNoSidewaysScroll, launch, opened, shoot } from './looking.mjs';

const TITLE = 'Logins fail for some customers';
const BODY = 'About one login in ten fails. We are looking into it.';
const LIMIT_MS = 15_000;

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

async function withPlace(state, run) {
  const place = await manned(state);
  try {
    await run(place);
  } finally {
    await place.noroshi.close();
  }
}

describe('an incident that has to be told', () => {
  test('is posted from Now in five actions, and another browser shows it without a reload', () =>
    withPlace('fine', async (place) => {
      const reader = await opened(browser, `${place.noroshi.url}/`, { width: 1280 });
      let loads = 0;
      reader.page.on('load', () => (loads += 1));
      const { context, page, at, told } = await seated(browser, place);
      await page.goto(at());
      const hands = new Hands(page);
      await hands.press('n');
      await page.waitForSelector('form.composer');
      await hands.fill('name.en', TITLE);
      await hands.choose(`c.${place.codes.checkout}`, 'partial_outage');
      await hands.fill('body.en', BODY);
      await hands.press('Control+Enter');
      await page.waitForURL(/told=incident-posted/);
      assert.ok(hands.count <= 5, `${hands.count} actions`);
      assert.ok((await page.innerText('main')).includes('Published.'));
      await reader.page.getByText(TITLE).first().waitFor({ timeout: LIMIT_MS });
      assert.ok((await reader.page.innerText('body')).includes(BODY));
      assert.equal(loads, 0, 'the reader never loaded the page again');
      assert.deepEqual(told, []);
      await context.close();
      await reader.context.close();
    }));

  test('is posted without scripts in eight actions', () =>
    withPlace('fine', async (place) => {
      const { context, page, at } = await seated(browser, place, { script: false });
      await page.goto(at());
      const hands = new Hands(page);
      await hands.click('a[href$="/incidents/new"]');
      await hands.fill('name.en', TITLE);
      await hands.choose(`c.${place.codes.checkout}`, 'partial_outage');
      await hands.fill('body.en', BODY);
      await hands.click('[name=action][value=preview]');
      assert.ok((await page.innerText('#preview')).includes(BODY), 'the preview needs no script');
      await hands.click('[name=action][value=post]');
      await page.waitForURL(/told=incident-posted/);
      assert.ok(hands.count <= 8, `${hands.count} actions`);
      await eventually(async () => (await place.noroshi.text('/?locale=en')).includes(TITLE), LIMIT_MS, TITLE);
      await context.close();
    }));

  test('is posted by keyboard alone', () =>
    withPlace('fine', async (place) => {
      const { context, page, at } = await seated(browser, place);
      await page.goto(at());
      await page.keyboard.press('n');
      await page.waitForSelector('form.composer');
      await page.keyboard.type(TITLE);
      // Tab walks on until the first system, whose choices the arrows change.
      const name = () => page.evaluate(() => document.activeElement.name);
      for (let steps = 0; (await name()) !== `c.${place.codes.checkout}`; steps += 1) {
        assert.ok(steps < 20, 'the first system is within reach');
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('ArrowLeft');
      for (let steps = 0; (await name()) !== 'body.en'; steps += 1) {
        assert.ok(steps < 40, 'the message is within reach');
        await page.keyboard.press('Tab');
      }
      await page.keyboard.type(BODY);
      await page.keyboard.press('Control+Enter');
      await page.waitForURL(/told=incident-posted/);
      const text = await page.innerText('main');
      assert.ok(text.includes(TITLE) && text.includes(BODY) && text.includes('Major Outage'), text);
      await context.close();
    }));

  test('is seen while it is typed as readers will see it', () =>
    withPlace('fine', async (place) => {
      const { context, page, at } = await seated(browser, place);
      await page.goto(at('/incidents/new'));
      await page.locator('[name="name.en"]').fill(TITLE);
      await page.locator(`label:has(> [name="c.${place.codes.checkout}"][value="partial_outage"])`).click();
      await page.locator('[name="body.en"]').fill('**Bold** and\nthe next line');
      await page.locator('#preview strong', { hasText: 'Bold' }).first().waitFor({ timeout: LIMIT_MS });
      const preview = await page.innerText('#preview');
      assert.ok(preview.includes(TITLE) && preview.includes('Next update by'), preview);
      assert.ok(preview.includes('Partial Outage') && !preview.includes('Operational'), preview);
      assert.ok((await page.innerText('#saved')).includes('Draft kept'));
      await context.close();
    }));
});

for (const script of [true, false]) {
  describe(`a template, ${script ? 'with' : 'without'} scripts`, () => {
    test('fills in an incident and takes no word that was typed', () =>
      withPlace('fine', async (place) => {
        templated(place);
        const { context, page, at, told } = await seated(browser, place, { script });
        await page.goto(at('/incidents/new'));
        await page.locator('[name="name.en"]').fill(TITLE);
        await page.locator('[name=template]').selectOption({ label: 'Payments are slow' });
        await page.locator('[name=action][value=template]').click();
        const note = await page.locator('.note-line', { hasText: 'Filled in from' }).innerText();
        assert.ok(note.includes('Title (English)'), note);
        assert.equal(await page.inputValue('[name="name.en"]'), TITLE);
        assert.equal(await page.inputValue('[name="body.en"]'), 'We are looking into slow payments.');
        assert.ok(await page.locator(`[name="c.${place.codes.checkout}"][value=partial_outage]`).isChecked());
        assert.ok(await page.locator('[name=promise][value="2700"]').isChecked());
        await page.locator('[name=action][value=template-replace]').click();
        assert.equal(await page.inputValue('[name="name.en"]'), 'Payments take longer than usual');
        await shoot(page, `console-template-filled-${script}`);
        await page.locator('[name=action][value=post]').click();
        await page.waitForURL(/told=incident-posted/);
        await eventually(
          async () => (await place.noroshi.text('/?locale=en')).includes('We are looking into slow payments.'),
          LIMIT_MS, 'the words of the template');
        assert.deepEqual(told, []);
        await context.close();
      }));
  });
}

describe('what is being typed', () => {
  test('survives a killed server and a closed tab', () =>
    withPlace('fine', async (place) => {
      const { context, page, at } = await seated(browser, place);
      await page.goto(at('/incidents/new'));
      await page.locator('[name="name.en"]').fill(TITLE);
      await page.locator('[name="body.en"]').fill(BODY);
      await page.locator('#saved', { hasText: 'Draft kept' }).waitFor({ timeout: LIMIT_MS });
      const ended = new Promise((resolve) => place.noroshi.server.once('exit', resolve));
      place.noroshi.server.kill('SIGKILL');
      await ended;
      await page.close();
      await place.noroshi.start();
      const again = await context.newPage();
      await again.goto(at('/incidents/new'));
      assert.equal(await again.inputValue('[name="name.en"]'), TITLE);
      assert.equal(await again.inputValue('[name="body.en"]'), BODY);
      assert.ok((await again.innerText('main')).includes('This is your draft'));
      await again.keyboard.press('Control+Enter');
      await again.waitForURL(/told=incident-posted/);
      await again.goto(at('/incidents/new'));
      assert.equal(await again.inputValue('[name="name.en"]'), '', 'a posted draft is gone');
      await context.close();
    }));

  test('is kept when the tab is closed before anything was saved', () =>
    withPlace('fine', async (place) => {
      const { context, page, at } = await seated(browser, place);
      await page.goto(at('/incidents/new'));
      await page.locator('[name="name.en"]').fill(TITLE);
      await page.goto('about:blank');
      await eventually(async () => {
        await page.goto(at('/incidents/new'));
        return (await page.inputValue('[name="name.en"]')) === TITLE;
      }, LIMIT_MS, 'the draft is there');
      await context.close();
    }));

  test('is not thrown away by Enter in a field, scripts or none', () =>
    withPlace('fine', async (place) => {
      for (const script of [true, false]) {
        const { context, page, at } = await seated(browser, place, { script });
        await page.goto(at('/incidents/new'));
        await page.locator('[name="name.en"]').fill(TITLE);
        for (let times = 0; times < 2; times += 1) {
          await page.locator('[name="name.en"]').press('Enter');
          await page.waitForLoadState();
          assert.equal(await page.inputValue('[name="name.en"]'), TITLE);
          await page.goto(at('/incidents/new'));
        }
        assert.ok((await page.innerText('main')).includes('This is your draft'));
        await context.close();
      }
    }));

  for (const script of [true, false]) {
    test(`is looked at by a colleague first, ${script ? 'with' : 'without'} scripts`, () =>
      withPlace('fine', async (place) => {
        const one = await seated(browser, { ...place, email: hired(place, 'Kenta', 'responder') }, { script });
        await one.page.goto(one.at('/incidents/new'));
        await one.page.locator('[name="name.en"]').fill(TITLE);
        await one.page.locator('[name="body.en"]').fill('Logins fail.');
        await one.page.locator('button[value=ask]').click();
        await one.page.waitForURL(/told=review-asked/);

        const two = await seated(browser, place, { script });
        await two.page.goto(two.at());
        await two.page.getByText('To be reviewed').waitFor();
        if (script) await shoot(two.page, 'console-review-now');
        await two.page.getByRole('link', { name: 'Review', exact: true }).click();
        assert.equal(await two.page.inputValue('[name="body.en"]'), 'Logins fail.');
        assert.ok((await two.page.innerText('main')).includes('Kenta asked for a review'));
        if (script) await axeFindsNothingSerious(two.page);
        if (script) await shoot(two.page, 'console-review');
        await two.page.locator('[name="body.en"]').fill(BODY);
        await two.page.locator('[name=remark]').fill('Say how many customers');
        await two.page.locator('button[value=send_back]').click();
        await two.page.waitForURL(/told=review-sent-back/);

        await one.page.goto(one.at('/incidents/new'));
        const told = await one.page.innerText('main');
        assert.ok(told.includes('sent this back') && told.includes('Say how many customers'), told);
        assert.equal(await one.page.inputValue('[name="body.en"]'), BODY, 'what the colleague changed is there');
        await one.page.locator('button[value=ask]').click();
        await one.page.waitForURL(/told=review-asked/);
        await two.page.goto(two.at());
        await two.page.getByRole('link', { name: 'Review', exact: true }).click();
        await two.page.locator('button[value=post]').click();
        await two.page.waitForURL(/told=incident-posted/);
        await eventually(async () => {
          const page = await (await fetch(`${place.noroshi.url}/`)).text();
          return page.includes(TITLE) && page.includes(BODY);
        }, LIMIT_MS, 'readers see it');
        await one.context.close();
        await two.context.close();
      }));
  }

  test('is lost by neither of two operators', () =>
    withPlace('incident', async (place) => {
      const one = await seated(browser, place);
      const two = await seated(browser, { ...place, email: hired(place, 'Kenta', 'responder') });
      const path = `/incidents/${place.incident}/update`;
      await one.page.goto(one.at(path));
      await two.page.goto(two.at(path));
      await one.page.locator('[name="what.en"]').fill('Pay by invoice.');
      await one.page.locator('[name="body.en"]').fill('The first says this.');
      await one.page.keyboard.press('Control+Enter');
      await one.page.waitForURL(/told=update-posted/);
      await two.page.locator('[name="what.en"]').fill('Pay at the door.');
      await two.page.locator('[name="body.en"]').fill('The second says that.');
      await two.page.keyboard.press('Control+Enter');
      await two.page.locator('.clash').first().waitFor({ timeout: LIMIT_MS });
      const both = await two.page.locator('.clash').allInnerTexts();
      assert.ok(both.join().includes('Pay by invoice.') && both.join().includes('Pay at the door.'));
      assert.equal(await two.page.inputValue('[name="body.en"]'), 'The second says that.');
      await shoot(two.page, 'console-clash');
      await two.page.locator('[name="what.en"]').fill('Pay by invoice or at the door.');
      await two.page.keyboard.press('Control+Enter');
      await two.page.waitForURL(/told=update-posted/);
      const text = await two.page.innerText('main');
      for (const words of ['The first says this.', 'The second says that.', 'Pay by invoice or at the door.']) {
        assert.ok(text.includes(words), words);
      }
      await one.context.close();
      await two.context.close();
    }));
});

const LONG = 'Unbreakable'.repeat(20);

// Where each screen stands, full and empty.
const SCREENS = {
  now: () => '',
  incidents: () => '/incidents',
  composer: ({ codes }) => `/incidents/new?component=${codes.search}`,
  update: ({ incident }) => `/incidents/${incident}/update`,
  incident: ({ incident }) => `/incidents/${incident}`,
};

// Lists and plain forms, which are made alike: each at its narrowest and its widest.
const SHEETS = {
  systems: '/components',
  'a new system': '/components/new',
  'a system': ({ codes }) => `/components/${codes.search}`,
  'a new group': '/groups/new',
  maintenance: '/maintenance',
  'new maintenance': '/maintenance/new',
  announcements: '/announcements',
  'a new announcement': '/announcements/new',
  templates: '/templates',
  'a new template': '/templates/new',
  settings: '/settings',
  pictures: '/settings/pictures',
};
const ENDS = [
  { width: 320, scheme: 'dark', locale: 'ja' },
  { width: 1280, scheme: 'light', locale: 'en' },
];

// How each filling is looked at: a full one in every way; long texts push in each width and
// language and change no colour; of an empty one the ends stand for the rest.
const WAYS = {
  empty: ENDS,
  full: ways(['light', 'dark']),
  long: ways(['light']),
};

const PLACES = {
  empty: async () => manned('fine'),
  full: async () => templated(await manned('overdue')),
  long: async () => {
    const place = templated(await manned('overdue'));
    lengthen(place);
    return place;
  },
};

// With templates of incidents and of planned work, in groups and in none.
function templated(place) {
  try {
    place.noroshi.command('template', 'create', '--name', 'Payments are slow', '--group', 'Payments', '--title',
      'Payments take longer than usual', '--title-ja', '決済に時間がかかっています', '--body',
      'We are looking into slow payments.', '--body-ja', '決済の遅延を調査しています。', '--status', 'identified',
      '--component', `${place.codes.checkout}=partial_outage`, '--promise', '45m', '--notify', 'false');
    place.noroshi.command('template', 'create', '--name', 'Monthly upgrade', '--title', 'Monthly upgrade',
      '--title-ja', '月次の更新作業', '--status', 'scheduled', '--component', place.codes.search);
  } catch (error) {
    place.noroshi.server.kill('SIGKILL');
    throw error;
  }
  return place;
}

function lengthen(place) {
  try {
    place.noroshi.command('component', 'update', place.codes.api, '--name', LONG, '--name-ja', '障害'.repeat(60));
    const words = `${LONG} ${'words '.repeat(200)}`;
    place.noroshi.command('template', 'create', '--name', LONG, '--group', LONG, '--title', LONG, '--title-ja',
      '障害'.repeat(60), '--component', place.codes.api);
    place.noroshi.command('incident', 'edit', place.incident, '--title', LONG, '--title-ja', '決済基盤'.repeat(30),
      '--what-to-do', words, '--what-to-do-ja', '代金引換をご利用ください。'.repeat(40));
    place.noroshi.command('incident', 'update', place.incident, '--body', words, '--body-ja', '調査'.repeat(400),
      '--promise', '30m');
  } catch (error) {
    place.noroshi.server.kill('SIGKILL');
    throw error;
  }
}

for (const [fill, enter] of Object.entries(PLACES)) {
  describe(`the console, ${fill}`, () => {
    let place;
    before(async () => {
      place = await enter();
    });
    after(() => place?.noroshi.close());

    for (const [name, path] of Object.entries(SCREENS)) {
      if (fill === 'empty' && (name === 'update' || name === 'incident')) continue;
      for (const way of WAYS[fill]) looksWell(() => place, [name, path], way, fill);
    }
    for (const [name, path] of Object.entries(SHEETS)) {
      const where = typeof path === 'string' ? () => path : path;
      for (const end of ENDS) looksWell(() => place, [name, where], end, fill);
    }
  });
}

describe('what a file sets', () => {
  let place;
  before(async () => {
    place = await manned('fine');
    const file = join(place.noroshi.folder, 'status.toml');
    writeFileSync(file, `[[page]]\ncode = "${place.page}"\nname = "Harbor Street"\nzone = "Asia/Tokyo"\n`
      + '[page.settings]\ntwo_columns = true\naccent = "#1d4f91"\n'
      + `[[page.component]]\ncode = "${place.codes.api}"\nname = "Partner API"\nthird_party = true\n`);
    place.noroshi.typed('', 'apply', file);
  });
  after(() => place?.noroshi.close());
  for (const end of ENDS) {
    looksWell(() => place, ['settings', () => '/settings'], end, 'locked');
    looksWell(() => place, ['a system', ({ codes }) => `/components/${codes.api}`], end, 'locked');
  }
  test('is shown with its file and line, and can not be typed into', async () => {
    const { context, page, at } = await seated(browser, place);
    await page.goto(at('/settings'));
    assert.match(await page.innerText('main'), /Set by \S+status\.toml, line 3/);
    assert.equal(await page.locator('[name="name.en"]').getAttribute('readonly'), '');
    assert.equal(await page.locator('[name="headline.en"]').getAttribute('readonly'), null);
    await page.locator('[name="headline.en"]').fill('How we are doing');
    await page.locator('button[data-send]').click();
    await page.waitForURL(/told=settings-saved/);
    await context.close();
  });
});

function ways(schemes) {
  return ['en', 'ja'].flatMap((locale) =>
    schemes.flatMap((scheme) => [320, 390, 1280].map((width) => ({ width, scheme, locale }))));
}

function looksWell(place, [name, path], { width, scheme, locale }, fill) {
  test(`shows ${name} well at ${width} px, ${scheme}, in ${locale}`, async () => {
    const { context, page, told, at } = await seated(browser, place(), { width, scheme, locale });
    try {
      const answer = await page.goto(at(path(place())));
      assert.equal(answer.status(), 200);
      assert.equal(await page.getAttribute('html', 'lang'), locale);
      await holdsNoSidewaysScroll(page);
      await hasNoMissingGlyph(page);
      await axeFindsNothingSerious(page);
      assert.deepEqual(told, []);
      await shoot(page, `console-${name.replaceAll(' ', '-')}-${fill}-${width}-${scheme}-${locale}`);
    } finally {
      await context.close();
    }
  });
}
