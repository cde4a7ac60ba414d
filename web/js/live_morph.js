// Makes a part of a page what the server draws now, and touches nothing that is the same: focus,
// selection, scroll, open menus and half-typed text stay.

const keyOf = (node) => (node.nodeType === 1 ? node.dataset?.id ?? node.id ?? '' : '');
const same = (a, b) => a.nodeName === b.nodeName && keyOf(a) === keyOf(b);
// What scripts and people set, which the server's page does not know.
const OURS = new Set(['open', 'data-live', 'data-busy']);
// What scripts draw from other parts of the page.
const DRAWN = 'figure.chart';
// Tabs are made of plain links and parts when the page opens; which one is shown is the reader's.
const WIRED = '[data-tabs] > nav';
const SHAPED = '[data-tabs], [data-tabs] > .tab-part';

function attributes(old, now) {
  for (const { name } of [...old.attributes])
    if (!now.hasAttribute(name) && !OURS.has(name)) old.removeAttribute(name);
  for (const { name, value } of now.attributes)
    if (name !== 'open' && old.getAttribute(name) !== value) old.setAttribute(name, value);
}

// The next old child that is the same thing; keyed ones are found wherever they stand.
function match(from, wanted) {
  for (let node = from; node; node = node.nextSibling) if (same(node, wanted)) return node;
  return null;
}

/** @param {Element} old in the page @param {Element} now as the server draws it */
export function morph(old, now) {
  if (old.isEqualNode(now) || old.matches(WIRED)) return;
  if (!old.matches(SHAPED)) attributes(old, now);
  if (old.matches(`textarea, input, select, ${DRAWN}`)) return;
  let at = old.firstChild;
  const stays = new Set([...now.childNodes].map(keyOf));
  const drop = () => { const next = at.nextSibling; at.remove(); at = next; };
  for (const wanted of [...now.childNodes]) {
    // What went goes first, so that what stays need not move: a node that moves loses the focus.
    while (at && keyOf(at) && !stays.has(keyOf(at))) drop();
    const found = match(at, wanted);
    if (!found) { old.insertBefore(document.importNode(wanted, true), at); continue; }
    if (found !== at) old.insertBefore(found, at);
    else at = at.nextSibling;
    if (found.nodeType === 1) morph(found, wanted);
    else if (found.data !== wanted.data) found.data = wanted.data;
  }
  while (at) drop();
}
