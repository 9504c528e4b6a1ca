// Within the frame on another site: keeps what was chosen, tells the site whether there is
// something to show, and looks again from time to time.
(() => {
  'use strict';
  const EVERY_MS = 60_000;
  const JITTER_MS = 10_000;
  const asked = new URLSearchParams(location.search);
  const chosen = new Set((asked.get('components') || '').split(',').filter(Boolean));
  const isAlways = asked.get('show') === 'always';
  const words = (element, name) => (element.dataset[name] || '').split(' ').filter(Boolean);
  const tell = (action, key) => {
    if (parent !== window) parent.postMessage({ action, key }, '*');
  };
  let key = '';

  const apply = () => {
    const main = document.querySelector('main');
    const close = document.querySelector('button');
    if (chosen.size) {
      for (const row of main.querySelectorAll('.systems li')) {
        if (!chosen.has(row.dataset.component)) row.remove();
      }
      for (const row of main.querySelectorAll('.open li')) {
        if (!words(row, 'components').some((code) => chosen.has(code))) row.remove();
      }
      const rows = [...main.querySelectorAll('.systems li')];
      const worst = rows.reduce((most, row) => (Number(row.dataset.rank) > Number(most?.dataset.rank ?? -1) ? row : most), null);
      if (worst) {
        document.body.className = worst.dataset.tone;
        main.querySelector('.head use').setAttribute('href', `#i-${worst.dataset.tone}`);
        main.querySelector('.head strong').textContent = `${worst.dataset.name}: ${worst.dataset.words}`;
      }
      main.dataset.calm = String(rows.every((row) => row.dataset.tone === 'ok'));
    }
    const open = [...main.querySelectorAll('.open li')].map((row) => row.dataset.code);
    const isCalm = main.dataset.calm === 'true' && !open.length;
    key = isCalm ? 'calm' : `${document.body.className} ${open.join(' ')}`;
    close.hidden = parent === window;
    if (!isCalm || isAlways) tell('showFrame', key);
    else tell('dismissFrame');
  };

  const look = async () => {
    try {
      const answer = await fetch(location.href, { cache: 'no-cache' });
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
        document.querySelector('main').replaceWith(document.adoptNode(fresh.querySelector('main')));
        document.body.className = fresh.body.className;
        apply();
      }
    } catch {
      // The page can not be reached: what is shown says when it was made.
    }
    wait();
  };
  const wait = () => setTimeout(look, EVERY_MS + Math.random() * JITTER_MS);

  document.querySelector('button').addEventListener('click', () => tell('dismissFrame', key));
  apply();
  wait();
})();
