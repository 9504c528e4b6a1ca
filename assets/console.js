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

// Ctrl+Enter sends the form that somebody types in.
function startSending() {
  addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest?.('form') ?? document.querySelector('form.composer');
    const button = form?.querySelector('[data-send]');
    if (!button) return;
    event.preventDefault();
    form.requestSubmit(button);
  });
}

// What is typed is kept on the server as it is typed, and comes back as readers would see it.
const SAVE_MS = 500;

function startAutosave() {
  const form = document.querySelector('form[data-autosave]');
  if (!form) return;
  const preview = document.getElementById('preview');
  const saved = document.getElementById('saved');
  let timer;
  let isDirty = false;
  let isSent = false;
  const body = () => new URLSearchParams(new FormData(form));
  const save = async () => {
    isDirty = false;
    try {
      const answer = await fetch(form.dataset.autosave, { method: 'POST', body: body() });
      if (!answer.ok || isDirty) return;
      const made = new DOMParser().parseFromString(await answer.text(), 'text/html').body;
      const said = made.querySelector('[data-saved]');
      saved.textContent = said.textContent;
      said.remove();
      preview.replaceChildren(...made.childNodes);
    } catch {
      isDirty = true;
    }
  };
  form.addEventListener('input', () => {
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_MS);
    propose(form);
    markEmpty(form);
  });
  form.addEventListener('submit', () => {
    isSent = true;
    clearTimeout(timer);
  });
  // A tab that is closed keeps what it held.
  addEventListener('pagehide', () => {
    if (isDirty && !isSent) navigator.sendBeacon(form.dataset.autosave, body());
  });
}

const BAD = ['degraded_performance', 'partial_outage', 'major_outage'];

// What depends on something that is said to be bad is asked about.
function propose(form) {
  const said = (id) => new FormData(form).get(`c.${id}`);
  for (const row of form.querySelectorAll('[data-depends]')) {
    const bad = row.dataset.depends.split(' ').some((id) => BAD.includes(said(id)));
    row.classList.toggle('proposed', bad && !said(row.dataset.system));
  }
}

// A language is marked as empty until something is typed in it.
function markEmpty(form) {
  for (const tab of form.querySelectorAll('[data-tab]')) {
    const mark = tab.parentElement.querySelector('.empty');
    const text = form.querySelector(`[name="body.${tab.dataset.tab}"]`);
    if (mark && text) mark.hidden = text.value.trim() !== '';
  }
}

// What went wrong is read first.
function startProblem() {
  document.getElementById('problem')?.focus();
}

startThemeSwitch();
startKeys();
startRefresh();
startDrops();
startSending();
startAutosave();
startProblem();
