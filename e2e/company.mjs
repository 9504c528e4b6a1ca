// A made-up company's page with everything on it: twelve systems in three groups, two of them
// showcased, a month with many incidents, a report with kept and late promises, two open
// incidents, a maintenance that overruns, one that is planned, an announcement.
import { Installation, eventually } from './installation.mjs';

const GROUPS = [
  ['Collection and data', '計測・データ', [
    ['events', 'Event tracking', 'イベント計測', 'Receives what visitors do, by tag and by API', 'タグとAPIで、訪問者の行動を受け取ります', true],
    ['analytics', 'Analytics', 'アナリティクス', 'Reports and dashboards', 'レポートとダッシュボード'],
    ['publicapi', 'Public API v2', '公開API v2', 'For programs of customers', 'お客さまのプログラム向けのAPI'],
    ['datahub', 'Data Hub', 'データハブ', 'Jobs that move and combine data', 'データを移し、まとめるジョブ', true],
  ]],
  ['Engagement and delivery', '接客・配信', [
    ['messages', 'In-page messages', 'サイト内メッセージ', '', ''],
    ['blocks', 'Page-editing blocks', 'ページ編集ブロック', '', ''],
    ['chat', 'Chat', 'チャット', 'Talking to visitors', '訪問者とのチャット'],
    ['mail', 'Email and SMS', 'メール・SMS送信', '', ''],
    ['journeys', 'Journeys', 'ジャーニー', 'Several steps over several days', '数日にわたる一連の配信'],
  ]],
  ['Operation and support', '運用・サポート', [
    ['console', 'Admin console', '管理画面', '', ''],
    ['liveview', 'Live view', 'ライブビュー', '', ''],
    ['suggest', 'Answer suggestions for support staff', '回答サジェスト', '', ''],
  ]],
];

const micros = (time) => Date.parse(time) * 1000;

// The page without anything wrong.
export function enterCompany(noroshi) {
  const page = noroshi.command('page', 'create', '--name', 'Kazamori', '--name-ja', 'カザモリ',
    '--zone', 'Asia/Tokyo', '--locales', 'en,ja').id;
  for (const [name, nameJa, systems] of GROUPS) {
    for (const [code, own, ownJa, description, descriptionJa, isShowcased] of systems) {
      noroshi.command('component', 'create', '--code', code, '--name', own, '--name-ja', ownJa,
        '--description', description, '--description-ja', descriptionJa, '--showcase', `${Boolean(isShowcased)}`,
        '--start-date', '2026-01-01', '--created-at', '2026-01-01T00:00:00Z');
    }
    noroshi.command('group', 'create', '--name', name, '--name-ja', nameJa,
      ...systems.flatMap(([code]) => ['--component', code]));
  }
  return { page };
}

const PAST = [
  ['2026-05-02T02:10:00Z', 75, 'datahub=major_outage', 'Job flows did not start', 'ジョブフローが起動しませんでした'],
  ['2026-06-03T23:40:00Z', 38, 'events=degraded_performance', 'Events arrived late', 'イベントの到着が遅れました'],
  ['2026-06-18T05:00:00Z', 72, 'events=partial_outage', 'Some tags could not send events', '一部のタグからの計測が失敗しました'],
  ['2026-07-04T11:12:00Z', 37, 'chat=degraded_performance', 'Chat messages arrived late', 'チャットのメッセージが遅れて届きました'],
  ['2026-07-08T01:30:00Z', 25, 'mail=partial_outage', 'Some mails were sent twice', '一部のメールが二重に送信されました'],
];

// What is behind it, up to the afternoon of 17 July.
export function enterPast(noroshi) {
  for (const [at, minutes, component, title, titleJa] of PAST) {
    noroshi.setClock(at);
    const code = noroshi.command('incident', 'create', '--title', title, '--title-ja', titleJa, '--component', component,
      '--body', 'We see it and are looking for the cause.', '--body-ja', '事象を確認し、原因を調べています。').id;
    noroshi.setClock(new Date(Date.parse(at) + minutes * 60_000).toISOString());
    noroshi.command('incident', 'resolve', code, '--body', 'It is well again. Nothing was lost.',
      '--body-ja', '復旧しました。失われたデータはありません。');
  }
  noroshi.setClock('2026-07-11T00:31:00Z');
  const report = noroshi.command('incident', 'create', '--title', 'Data Hub job flows started late',
    '--title-ja', 'データハブのジョブフローで実行の遅延が発生しました', '--component', 'datahub=partial_outage',
    '--component', 'journeys=degraded_performance', '--impact-from', '2026-07-11T00:18:00Z',
    '--body', 'Job flows start later than usual. No loss of data has been seen.',
    '--body-ja', 'ジョブフローの開始が通常より遅れています。データの欠損は確認されていません。', '--promise', '2026-07-11T01:15:00Z').id;
  noroshi.setClock('2026-07-11T01:09:00Z');
  noroshi.command('incident', 'update', report, '--status', 'identified', '--promise', '2026-07-11T01:45:00Z',
    '--body', 'The relay servers had reached their limit of connections. We are adding servers.',
    '--body-ja', '中継サーバーの接続数が上限に達していることを確認し、増設を始めました。');
  noroshi.setClock('2026-07-11T01:58:00Z');
  noroshi.command('incident', 'update', report, '--status', 'monitoring',
    '--body', 'Job flows run at their usual speed again. The queue is being worked off.',
    '--body-ja', '中継サーバーを増設し、ジョブフローの実行が正常な速さに戻りました。残りの実行待ちを処理しています。');
  noroshi.setClock('2026-07-11T02:58:00Z');
  noroshi.command('incident', 'resolve', report, '--impact-to', '2026-07-11T02:47:00Z', '--promise', 'postmortem:2026-07-20',
    '--body', 'The queue was empty at 11:47. Every delayed message had been sent by 11:40.',
    '--body-ja', '■ 発生期間\n7月11日 9:18〜11:47\n■ 影響\n・ジョブフローの開始が最大 96分 遅れました。\n・遅れたジョブを起点とするメール・SMSは、11:40 までにすべて送信しました。\n■ 原因\n外部接続用の固定IPアドレスを割り当てる中継サーバーで、接続数が上限に達していました。');
  noroshi.setClock('2026-07-15T08:00:00Z');
  noroshi.command('incident', 'postmortem', report,
    '--body', '## Summary\n\nThe relay servers for connections from fixed addresses ran out of connections.\n\n## Impact\n\n| What | How | Count |\n| --- | --- | --- |\n| Job flows | late by 96 minutes at most | 1,284 |\n| Email and SMS | late by 88 minutes at most | 21,000 |\n\n## What we change\n\n- Idle connections are closed after 60 seconds.\n- We watch the most loaded server instead of the mean.',
    '--body-ja', '## 概要\n\n固定IPアドレスで外部へ接続するための中継サーバーで、接続数が上限に達しました。\n\n## 影響\n\n| 対象 | 内容 | 件数 |\n| --- | --- | --- |\n| ジョブフロー | 開始の遅れ（最大 96分） | 1,284 |\n| メール・SMS | 送信の遅れ（最大 88分） | 約 21,000 |\n\n## 再発防止\n\n- 接続の保持時間を 60秒 に短縮しました。\n- 監視を、平均値から1台ごとの最大値に変更しました。');
  noroshi.setClock('2026-07-17T03:00:00Z');
  noroshi.command('maintenance', 'create', '--title', 'Admin console database update', '--title-ja', '管理画面のデータベース更新',
    '--body', 'Signing in to the console and reading reports will not be possible. Collection, delivery and sending carry on as usual.',
    '--body-ja', '作業中は、管理画面へのログインと、レポートの表示ができません。計測、配信、送信は通常どおり動作します。',
    '--from', '2026-07-19T17:00:00Z', '--until', '2026-07-19T19:00:00Z', '--component', 'console', '--component', 'analytics');
  return { report };
}

// The afternoon in which everything happens at once.
export async function enterTrouble(noroshi, page) {
  noroshi.command('announcement', 'create', '--title', 'API v1 ends on 30 September', '--title-ja', 'API v1 の提供を9月30日に終了します',
    '--body', 'Please move to [API v2](https://developers.kazamori.example/v2).', '--body-ja', 'お早めに [API v2](https://developers.kazamori.example/v2) への移行をお願いします。');
  noroshi.command('maintenance', 'create', '--title', 'Network switches are replaced', '--title-ja', '計測基盤のネットワーク機器交換',
    '--body', 'Live view may stand still for a minute.', '--body-ja', 'ライブビューの表示が1分ほど止まることがあります。',
    '--from', '2026-07-17T03:05:00Z', '--until', '2026-07-17T04:30:00Z', '--component', 'liveview', '--no-auto-complete');
  noroshi.setClock('2026-07-17T03:06:00Z');
  noroshi.setClock('2026-07-17T04:49:00Z');
  await noroshi.measured(page, [
    { component_id: 'suggest', status: 'unknown', since: micros('2026-07-17T04:31:00Z') },
    { component_id: 'chat', status: 'degraded_performance', since: micros('2026-07-17T04:14:00Z') },
  ]);
  noroshi.command('component', 'hold', 'chat', 'operational', '--reason', 'The probe is wrong', '--until', '5h');
  noroshi.setClock('2026-07-17T05:02:00Z');
  const mail = noroshi.command('incident', 'create', '--title', 'Some mails arrive late', '--title-ja', '一部のメールの配信が遅れています',
    '--component', 'mail=degraded_performance', '--body', 'Mails to one provider wait longer than usual.',
    '--body-ja', '一部の宛先へのメールの配信に、通常より時間がかかっています。').id;
  noroshi.setClock('2026-07-17T05:13:00Z');
  const incident = noroshi.command('incident', 'create', '--title', 'Public API v2 answers with errors',
    '--title-ja', '公開API v2 でエラー応答が増えています', '--component', 'publicapi=partial_outage', '--component', 'datahub=degraded_performance',
    '--impact-from', '2026-07-17T05:04:00Z', '--promise', '2026-07-17T05:45:00Z',
    '--body', 'Since about 14:04 more requests to the public API fail. We are looking for the extent and the cause.',
    '--body-ja', '14:04 ごろから、公開API v2 でエラー応答が増えていることを確認しました。影響の範囲と原因を調べています。').id;
  noroshi.setClock('2026-07-17T05:42:00Z');
  noroshi.command('incident', 'update', incident, '--status', 'identified', '--promise', '2026-07-17T06:15:00Z',
    '--who-is-affected', 'Programs that call API v2, and jobs that do so', '--who-is-affected-ja', 'API v2 を呼び出すプログラムとジョブをお使いのお客さま',
    '--what-to-do', 'Try failed requests again after a while. Nothing is recorded twice.',
    '--what-to-do-ja', '失敗したリクエストは、時間をおいて再実行してください。二重に登録されることはありません。',
    '--body', 'About three requests in ten fail with HTTP 500. The cache of credentials is at fault, and we are taking its servers out.',
    '--body-ja', '公開API v2 へのリクエストのうち約3割が、HTTP 500 で失敗しています。認証情報を保持するキャッシュの更新処理に不具合があることを特定し、該当サーバーの切り離しを進めています。\n\n■ 影響を受ける機能\n・公開API v2 の全エンドポイント（失敗率 約30%）\n・データハブのうち、公開API v2 を呼び出すジョブ（再試行による遅れ）\n\n■ 影響を受けない機能\n・イベント計測、サイト内メッセージ、管理画面からの操作');
  noroshi.setClock('2026-07-17T05:57:00Z');
  return { incident, mail };
}

// The page as far as `until`: nothing, `systems`, `past` or `trouble`.
export async function company(until) {
  const noroshi = new Installation('2026-05-01T00:00:00Z');
  try {
    await noroshi.start();
    if (until === 'nothing') {
      noroshi.command('page', 'create', '--name', 'Kazamori', '--name-ja', 'カザモリ', '--zone', 'Asia/Tokyo', '--locales', 'en,ja');
      await eventually(async () => (await noroshi.text('/?locale=en')).includes('Kazamori'), 10_000, 'the page is there');
      return { noroshi };
    }
    const { page } = enterCompany(noroshi);
    const past = until === 'systems' ? {} : enterPast(noroshi);
    const trouble = until === 'trouble' ? await enterTrouble(noroshi, page) : {};
    const words = { systems: 'All Systems Operational', past: 'Admin console database update', trouble: 'HTTP 500' }[until];
    await eventually(async () => (await noroshi.text('/?locale=en')).includes(words), 10_000, `the page shows ${words}`);
    return { noroshi, page, ...past, ...trouble };
  } catch (error) {
    await noroshi.close();
    throw error;
  }
}
