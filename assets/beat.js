// The page's pulse: how old is what is shown, and does anybody still feed it.
const BEAT_MS = 60_000;
const FIRST_BEAT_MS_MAX = 3_000;
const BEATS_MISSED_MAX = 2;

export function startBeat(of, words, onBeat) {
  // The page itself, just answered, counts as the first.
  let last = { seq: null, at: Date.now(), next: Date.now() + BEAT_MS };
  let ahead = 0; // how far the server's clock is ahead of this one
  let askedAt = 0;
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
    timeZone: of.zone,
  });

  async function ask() {
    askedAt = Date.now();
    let isNews = false;
    try {
      const answer = await fetch(of.beat, { cache: 'no-store' });
      if (answer.ok) {
        const { seq, at, next_at: next } = await answer.json();
        isNews = last.seq !== null && last.seq !== seq;
        last = { seq, at: Date.parse(at), next: Date.parse(next) };
        const told = Date.parse(answer.headers.get('date')) + 1_000 * Number(answer.headers.get('age'));
        ahead = Number.isFinite(told) ? told - Date.now() : 0;
      }
    } catch {
      // Nobody answers: what was heard last grows old.
    }
    judge();
    onBeat(isNews);
  }

  // Greys the page when more than two beats were missed.
  function judge() {
    const { at, next } = last;
    const isStale = Date.now() + ahead > next + BEATS_MISSED_MAX * (next - at);
    document.documentElement.toggleAttribute('data-stale', isStale);
    const main = document.querySelector('main');
    let note = main.querySelector('.stale');
    if (!isStale) {
      note?.remove();
      return;
    }
    if (!note) {
      note = document.createElement('p');
      note.className = 'stale unk';
      note.setAttribute('role', 'status');
      main.prepend(note);
    }
    note.textContent = words.stale.replace('{time}', `${format.format(at)} ${of.zoneShort}`);
  }

  const pulse = () => {
    ask();
    setTimeout(pulse, BEAT_MS * (1 + Math.random() / 4));
  };
  setTimeout(pulse, Math.random() * FIRST_BEAT_MS_MAX);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && Date.now() - askedAt > BEAT_MS) ask();
  });
  return { judge };
}
