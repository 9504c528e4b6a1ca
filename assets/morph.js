// Makes an element equal to another one and keeps every part that is the same: its focus, its
// selection and what the reader opened stay.

export function morph(old, fresh) {
  patchAttributes(old, fresh);
  let at = old.firstChild;
  for (let wanted = fresh.firstChild; wanted; wanted = wanted.nextSibling) {
    const found = counterpart(at, wanted);
    if (!found) {
      old.insertBefore(document.importNode(wanted, true), at);
      continue;
    }
    at = removeUntil(at, found).nextSibling;
    if (found.isEqualNode(wanted)) continue;
    if (found.nodeType === Node.ELEMENT_NODE) morph(found, wanted);
    else found.data = wanted.data;
  }
  removeUntil(at, null);
}

// The node at or after `at` that is to become the wanted one; none where it is new.
function counterpart(at, wanted) {
  if (!at) return null;
  // Text has no name: it is taken only where it is due.
  if (wanted.nodeType !== Node.ELEMENT_NODE) {
    return at.nodeType === wanted.nodeType ? at : null;
  }
  for (let one = at; one; one = one.nextSibling) {
    if (isSame(one, wanted)) return one;
  }
  const due = at.nodeType === Node.ELEMENT_NODE ? at : at.nextElementSibling;
  if (!due || !isOfOneKind(due, wanted)) return null;
  // Whoever is wanted further on stays for it.
  for (let later = wanted.nextElementSibling; later; later = later.nextElementSibling) {
    if (isSame(due, later)) return null;
  }
  return due;
}

function isSame(one, other) {
  if (one.nodeName !== other.nodeName) return false;
  const name = nameOf(one);
  return name ? name === nameOf(other) : one.isEqualNode(other);
}

function isOfOneKind(one, other) {
  return one.nodeName === other.nodeName && !nameOf(one) && !nameOf(other)
    && one.getAttribute('class')?.split(' ')[0] === other.getAttribute('class')?.split(' ')[0];
}

const nameOf = (element) =>
  element.id || element.dataset?.componentId || element.getAttribute?.('aria-labelledby');

function removeUntil(at, end) {
  while (at !== end) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
  return end;
}

// What the reader opened stays open.
const isReaders = (element, name) => element.localName === 'details' && name === 'open';

function patchAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !isReaders(old, name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !isReaders(old, name)) old.setAttribute(name, value);
  }
}
