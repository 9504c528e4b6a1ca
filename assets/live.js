// Shows what changed without a reload: told by the server's stream, and without one by asking.
import { startBeat } from './beat.js';
import { morph } from './morph.js';

const SPREAD_MS = 3_000; // all readers hear at once: they ask one after another
const AGAIN_MS = 5_000; // other pages than the front one are made a little later
const CACHED_MS = 6_000; // an answer may be as old as caches keep it, and a little more
const BACK_OFF_MS_MIN = 1_000;
const BACK_OFF_MS_MAX = 300_000;

export function startLive(of, words, times) {
  const address = location.href.split('#')[0];
  const bare = (tag) => tag?.replace(/^W\/|"|-(gz|br)"$/g, '');
  let tag = null;
  let timer = null;
  let stream = null;
  let failureCount = 0;
  let turn = 0;

  const said = document.createElement('p');
  said.className = 'sr';
  said.setAttribute('role', 'status');
  document.body.append(said);

  const beat = startBeat(of, words, (isNews) => {
    if (isNews || stream?.readyState !== EventSource.OPEN) look(false);
  });

  async function look(again) {
    turn += 1;
    const mine = turn;
    let answer;
    try {
      answer = await fetch(address, tag ? { headers: { 'If-None-Match': tag } } : { cache: 'no-cache' });
    } catch {
      return; // The next event or beat asks again.
    }
    if (answer.status === 304 && again) setTimeout(look, AGAIN_MS, false);
    // What was taken back is not shown any longer.
    if (answer.status === 404 || answer.status === 410) location.reload();
    if (answer.status !== 200) return;
    const text = await answer.text();
    if (mine !== turn) return; // Asked again since: that answer is newer.
    tag = answer.headers.get('etag');
    show(new DOMParser().parseFromString(text, 'text/html'));
  }

  function show(fresh) {
    const theirs = fresh.querySelector('script[data-zone]');
    if (!theirs) return;
    // Another version of the product has other styles and scripts.
    if (new URL(theirs.getAttribute('src'), location.href).href !== of.script) {
      location.reload();
      return;
    }
    const main = document.querySelector('main');
    const before = main.textContent;
    document.title = fresh.title;
    document.body.className = fresh.body.className;
    document.querySelector('.masthead-container').className
      = fresh.querySelector('.masthead-container').className;
    times.unmark();
    keepingPlace(() => {
      for (const part of ['link[rel=icon]', 'meta[name=issued]', 'main', 'footer']) {
        const [old, next] = [document.querySelector(part), fresh.querySelector(part)];
        if (old && next) morph(old, next);
      }
    });
    times.mark();
    beat.judge();
    if (main.textContent !== before) said.textContent = words.updated.replace('{what}', gist());
  }

  // An event says which front page is newest. Whoever has it already asks nothing: he was answered
  // with it, or it was made well before he asked and at the time that his own says.
  function hear({ etag, issued, age_s: ageSeconds }) {
    const mine = document.querySelector('meta[name=issued]').content;
    const isMine = tag
      ? bare(tag) === bare(etag)
      : mine === String(issued) && 1_000 * ageSeconds > performance.now() + CACHED_MS;
    if (of.isFront && isMine) return;
    timer ??= setTimeout(() => {
      timer = null;
      look(!of.isFront);
    }, Math.random() * SPREAD_MS);
  }

  function connect() {
    if (stream || document.hidden) return;
    stream = new EventSource(of.events);
    stream.addEventListener('open', () => {
      failureCount = 0;
    });
    stream.addEventListener('front', ({ data }) => hear(JSON.parse(data)));
    stream.addEventListener('error', () => {
      close();
      const limit = Math.min(BACK_OFF_MS_MAX, BACK_OFF_MS_MIN * 2 ** failureCount);
      failureCount += 1;
      setTimeout(connect, limit * (0.5 + Math.random() / 2));
    });
  }

  function close() {
    stream?.close();
    stream = null;
  }

  // A browser has few connections for one host: pages that nobody looks at give theirs back.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) close();
    else connect();
  });
  addEventListener('pagehide', close);
  addEventListener('pageshow', connect);
  connect();
}

// Changes the page and leaves what the reader looks at where it is.
function keepingPlace(change) {
  const root = document.documentElement;
  const focused = document.activeElement;
  const seen = scrollY > 0 ? anchors() : [];
  root.style.overflowAnchor = 'none';
  change();
  const anchor = seen.find(({ element }) => element.isConnected);
  if (anchor) scrollBy({ top: anchor.element.getBoundingClientRect().top - anchor.top, behavior: 'instant' });
  root.style.overflowAnchor = '';
  if (!focused.isConnected && focused.getAttribute('href')) {
    document.querySelector(`main a[href="${CSS.escape(focused.getAttribute('href'))}"]`)
      ?.focus({ preventScroll: true });
  }
}

// What stands on the screen, the focused element first.
function anchors() {
  const main = document.querySelector('main');
  const parts = [...main.querySelectorAll('h1, h2, h3, h4, p, li, a, dl, .line, .status-day')];
  if (main.contains(document.activeElement)) parts.unshift(document.activeElement);
  return parts
    .map((element) => ({ element, top: element.getBoundingClientRect().top }))
    .filter(({ top }) => top >= 0 && top < innerHeight);
}

// What the page says first, for whoever hears it.
function gist() {
  const parts = ['main :is(h1, [aria-level="1"])', '.unresolved-incident h2', '.update-title'];
  return parts
    .map((part) => document.querySelector(part)?.textContent.trim())
    .filter(Boolean)
    .join(' · ');
}
