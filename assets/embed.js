// Shows a page's status in a corner of another site. Options are data attributes of this script:
// data-show="always", data-components="CODE,CODE", data-position="top-left", data-locale="ja".
(() => {
  'use strict';
  const own = document.currentScript;
  if (!own || !own.src) return;
  const options = own.dataset;
  const address = new URL('frame', own.src);
  const isNarrow = window.innerWidth < 450;
  const wanted = {
    components: options.components,
    show: options.show,
    locale: options.locale,
    mobile: isNarrow ? 'true' : '',
  };
  for (const [name, value] of Object.entries(wanted)) {
    if (value) address.searchParams.set(name, value);
  }

  // What a reader closed stays closed until something else is up.
  const closed = {
    get: () => { try { return sessionStorage.getItem('noroshi-closed'); } catch { return null; } },
    set: (key) => { try { sessionStorage.setItem('noroshi-closed', key); } catch { /* Not kept. */ } },
  };

  const frame = document.createElement('iframe');
  const [edge, side] = (options.position || 'bottom-right').split('-');
  const margin = isNarrow ? '0' : '60px';
  const isStill = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  const away = edge === 'top' ? 'translateY(-200%)' : 'translateY(200%)';
  frame.src = address.href;
  frame.title = options.title || 'Status';
  Object.assign(frame.style, {
    position: 'fixed',
    zIndex: '2147483000',
    width: isNarrow ? '100%' : '320px',
    height: '115px',
    border: '0',
    borderRadius: isNarrow ? '0' : '6px',
    boxShadow: '0 6px 24px rgba(0,0,0,.28)',
    colorScheme: 'normal',
    [edge === 'top' ? 'top' : 'bottom']: margin,
    [side === 'left' ? 'left' : 'right']: margin,
    transform: away,
    visibility: 'hidden',
    transition: isStill ? 'none' : 'transform .4s ease, visibility .4s',
  });

  const show = (is) => {
    frame.style.transform = is ? 'none' : away;
    frame.style.visibility = is ? 'visible' : 'hidden';
  };
  window.addEventListener('message', (event) => {
    if (event.source !== frame.contentWindow || event.origin !== address.origin) return;
    const told = event.data || {};
    if (told.action === 'showFrame') show(told.key !== closed.get());
    if (told.action === 'dismissFrame') {
      if (told.key) closed.set(told.key);
      show(false);
    }
  });
  const put = () => document.body.append(frame);
  if (document.body) put();
  else document.addEventListener('DOMContentLoaded', put);
})();
