// The console's script: what makes it quicker. Every screen is whole without it.

const THEMES = ['system', 'light', 'dark'];

function startThemeSwitch() {
  const button = document.querySelector('button.theme');
  if (!button) return;
  const root = document.documentElement;
  const show = (theme) => {
    if (theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = theme;
    button.setAttribute('aria-label', button.dataset[theme]);
    button.title = button.dataset[theme];
  };
  const current = () => root.dataset.theme ?? 'system';
  button.addEventListener('click', () => {
    const next = THEMES[(THEMES.indexOf(current()) + 1) % THEMES.length];
    show(next);
    try {
      if (next === 'system') localStorage.removeItem('theme');
      else localStorage.setItem('theme', next);
    } catch {
      // A browser that keeps nothing shows the choice until the screen is left.
    }
  });
  show(current());
  button.hidden = false;
}

const isTyping = (element) =>
  element?.matches?.('input:not([type=radio],[type=checkbox]),textarea,select,[contenteditable]');

// One letter follows the link that names it, unless somebody is typing.
function startKeys() {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const link = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!link) return;
    event.preventDefault();
    link.click();
  });
}

// A screen that shows what is now asks again every half minute while somebody looks at it.
const REFRESH_MS = 30_000;

function startRefresh() {
  if (!document.querySelector('[data-refresh]')) return;
  setInterval(async () => {
    const main = document.getElementById('main');
    if (document.hidden || (main.contains(document.activeElement) && document.activeElement !== main)) return;
    try {
      const answer = await fetch(location.pathname, { headers: { accept: 'text/html' } });
      if (!answer.ok) return;
      const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = next.getElementById('main');
      if (fresh) main.replaceChildren(...fresh.childNodes);
    } catch {
      // The next time may do.
    }
  }, REFRESH_MS);
}

// What drops down closes on Escape and when it is left.
function startDrops() {
  for (const drop of document.querySelectorAll('details.drop,details.menu')) {
    drop.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      drop.open = false;
      drop.querySelector('summary').focus();
    });
    document.addEventListener('click', ({ target }) => {
      if (drop.matches('.drop') && !drop.contains(target)) drop.open = false;
    });
  }
}

startThemeSwitch();
startKeys();
startRefresh();
startDrops();
