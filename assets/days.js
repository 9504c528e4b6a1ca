// What a day of the bars tells closes on Escape without moving the pointer or the focus, and opens
// again when either comes back.
export function startDays() {
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    for (const day of document.querySelectorAll('.days > :is(:hover, :focus-within)')) day.classList.add('shut');
  });
  const reopen = ({ target }) => {
    for (const day of document.querySelectorAll('.days > .shut')) {
      if (!day.contains(target)) day.classList.remove('shut');
    }
  };
  document.addEventListener('pointerover', reopen);
  document.addEventListener('focusin', reopen);
}
