// The reader's own time beside the page's: on hover, focus and tap, where the two differ.
const HINTED = 'time[tabindex], .clip a';

export function startTimes(words) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
    timeZoneName: 'short',
  });
  const tip = document.createElement('div');
  tip.className = 'tip';
  tip.id = 'tip';
  tip.setAttribute('role', 'tooltip');
  tip.hidden = true;
  document.body.append(tip);
  let of = null;

  const hide = () => {
    of?.removeAttribute('aria-describedby');
    of = null;
    tip.hidden = true;
  };
  const show = (target) => {
    if (target === of) return;
    hide();
    const instant = new Date(target.dateTime ?? '');
    tip.textContent = target.localName === 'time'
      ? words.own_time.replace('{time}', format.format(instant))
      : target.querySelector('title')?.textContent ?? '';
    if (!tip.textContent) return;
    tip.hidden = false;
    of = target;
    if (target.localName === 'time') target.setAttribute('aria-describedby', 'tip');
    const place = target.getBoundingClientRect();
    const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
    const above = place.top - tip.offsetHeight;
    tip.style.left = `${Math.max(8, Math.min(place.left, room))}px`;
    tip.style.top = `${above < 0 ? place.bottom : above}px`;
  };

  document.addEventListener('pointerover', ({ target }) => {
    const time = target.closest?.('time[tabindex]');
    if (time) show(time);
    else if (of !== document.activeElement && !target.closest?.('.tip')) hide();
  });
  document.addEventListener('focusin', ({ target }) => {
    const hinted = target.closest?.(HINTED);
    if (hinted) show(hinted);
    else hide();
  });
  document.addEventListener('focusout', hide);
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') hide();
  });
  addEventListener('scroll', hide, { passive: true });

  // Marks the times that the reader's clock shows differently.
  const mark = () => {
    for (const time of document.querySelectorAll('time')) {
      if (differs(time.dateTime)) time.tabIndex = 0;
    }
  };
  // Takes the marks away while the page is compared with a newer one, which has none.
  const unmark = () => {
    hide();
    for (const time of document.querySelectorAll('time[tabindex]')) time.removeAttribute('tabindex');
  };
  mark();
  return { mark, unmark };
}

// Whether the reader's zone is at another offset at this instant; a date alone has none.
function differs(text) {
  const [, sign, hours, minutes] = /T.*(?:Z|([+-])(\d\d):?(\d\d))$/.exec(text) ?? ['', null];
  if (sign === null) return false;
  const offset = sign ? Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) : 0;
  return -new Date(text).getTimezoneOffset() !== offset;
}
