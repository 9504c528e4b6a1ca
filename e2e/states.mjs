// The five states in which a page is looked at, each entered by commands (and, where only a
// monitor could say it, by the command that monitors send).
import { Installation, eventually } from './installation.mjs';

const START = '2026-07-01T00:00:00Z';
const PAST_ENDED = 'Searches are quick again.';
export const TITLE = { en: 'Some orders fail at checkout', ja: '一部のご注文が決済で失敗しています' };

function enterPage(noroshi) {
  const page = noroshi.command('page', 'create', '--name', 'Harbor Street', '--name-ja', '港町通り',
    '--zone', 'Asia/Tokyo').id;
  const codes = {};
  const systems = [
    ['checkout', 'Checkout', '決済', 'Paying for orders on the web and in the app', 'ウェブとアプリでのお支払い'],
    ['search', 'Search', '検索', 'Finding goods by word and by picture', '言葉や画像からの商品検索'],
    ['api', 'Partner API', 'パートナー向けAPI', '', ''],
    ['chat', 'Customer chat', 'お客様チャット', '', ''],
    ['delivery', 'Delivery tracking with a rather long name', '配送状況の確認（長い名前のシステム）', '', ''],
  ];
  for (const [code, name, nameJa, description, descriptionJa] of systems) {
    codes[code] = noroshi.command('component', 'create', '--name', name, '--name-ja', nameJa,
      '--description', description, '--description-ja', descriptionJa,
      '--start-date', '2026-01-01', '--created-at', '2026-01-01T00:00:00Z').id;
  }
  noroshi.command('group', 'create', '--name', 'Shop', '--name-ja', 'お店',
    '--component', codes.checkout, '--component', codes.search);
  // Something past, so that bars and history are not empty.
  noroshi.setClock('2026-07-10T03:00:00Z');
  const past = noroshi.command('incident', 'create', '--title', 'Search was slow',
    '--title-ja', '検索が遅くなっていました', '--body', 'We are looking into slow searches.',
    '--body-ja', '検索に時間がかかる事象を調査しています。', '--component', `${codes.search}=partial_outage`).id;
  noroshi.setClock('2026-07-10T03:40:00Z');
  noroshi.command('incident', 'resolve', past, '--body', PAST_ENDED,
    '--body-ja', '検索は元の速さに戻りました。\n■ 発生期間\n7月10日 12:00 〜 12:40');
  noroshi.setClock('2026-07-17T04:13:00Z');
  return { page, codes };
}

function openIncident(noroshi, codes) {
  return noroshi.command('incident', 'create', '--title', TITLE.en, '--title-ja', TITLE.ja,
    '--body', 'About one order in five fails when it is paid by card. We are looking into it.',
    '--body-ja', '**「カード払い」**のご注文のおよそ5件に1件が失敗しています。\n■ 状況\n→ 調査中です。\n※ 他のお支払い方法はご利用いただけます。',
    '--component', `${codes.checkout}=major_outage`, '--attach', codes.api,
    '--who-is-affected', 'Customers who pay by card', '--who-is-affected-ja', 'カードでお支払いのお客様',
    '--what-to-do', 'Pay at delivery for now.', '--what-to-do-ja', '当面は代金引換をご利用ください。',
    '--promise', '1h').id;
}

// Each state: how it is entered, and words that show that it is there, per language.
export const STATES = {
  fine: {
    async enter() {},
    shows: { en: 'All Systems Operational', ja: 'すべて正常に稼働しています' },
  },
  incident: {
    async enter(noroshi, { codes }) {
      return { incident: openIncident(noroshi, codes) };
    },
    shows: { en: '14:13', ja: '14:13' },
  },
  overdue: {
    async enter(noroshi, { page, codes }) {
      const incident = openIncident(noroshi, codes);
      const since = Date.parse('2026-07-17T04:15:00Z') * 1000;
      noroshi.setClock('2026-07-17T04:16:00Z');
      await noroshi.measured(page, [
        { component_id: codes.search, status: 'partial_outage', since },
        { component_id: codes.chat, status: 'major_outage', since },
      ]);
      noroshi.command('component', 'hold', codes.chat, 'operational', '--reason', 'The probe is wrong',
        '--until', '5h');
      noroshi.setClock('2026-07-17T05:40:00Z');
      return { incident };
    },
    shows: { en: 'An update was due', ja: '14:13' },
  },
  maintenance: {
    async enter(noroshi, { codes }) {
      noroshi.command('maintenance', 'create', '--title', 'Moving the search index',
        '--title-ja', '検索インデックスの移設', '--body', 'Searches may be slow meanwhile.',
        '--body-ja', '作業中は検索が遅くなることがあります。', '--from', '2026-07-17T05:00:00Z',
        '--until', '2026-07-17T07:00:00Z', '--component', codes.search);
      noroshi.command('maintenance', 'create', '--title', 'New certificate', '--title-ja', '証明書の更新',
        '--body', 'The partner API gets a new certificate.', '--body-ja', 'パートナー向けAPIの証明書を更新します。',
        '--from', '2026-07-20T01:00:00Z', '--until', '2026-07-20T02:00:00Z', '--component', codes.api);
      noroshi.setClock('2026-07-17T05:00:30Z');
      return {};
    },
    shows: { en: 'Service Under Maintenance', ja: 'メンテナンス' },
  },
  unknown: {
    async enter(noroshi, { page, codes }) {
      await noroshi.measured(page, [
        { component_id: codes.chat, status: 'unknown', since: Date.parse('2026-07-17T04:13:00Z') * 1000 },
      ]);
      return {};
    },
    shows: { en: 'Some Systems Are Not Being Measured', ja: '' },
  },
};

export async function installed(name, options = []) {
  const noroshi = new Installation(START);
  try {
    await noroshi.start('serve', options);
    const entered = enterPage(noroshi);
    const more = await STATES[name].enter(noroshi, entered);
    // A burst of commands is shown in a few steps, and the page of an earlier one can hold the words
    // of a state already: so the last word of the past is waited for too.
    const words = [PAST_ENDED, STATES[name].shows.en];
    await eventually(async () => {
      const text = await noroshi.text('/?locale=en');
      return words.every((word) => text.includes(word));
    }, 10_000, `the page shows ${words.join(' and ')}`);
    return { noroshi, ...entered, ...more };
  } catch (error) {
    await noroshi.close();
    throw error;
  }
}
