// What was done in this tab, and can be taken back: one small reducer.
//
// An act is what one did at once: {changes: [{path, before, after}], at, merge}, over as many files as
// it took; before and after are texts, null where there is no file. Its inverse swaps the two. Both
// are done by the same words to the server: `text` on `base`, which merges them with whatever came
// since, another tab's or another admin's; so comments, order and quotes come back as they were.
import { signal } from '@preact/signals';

const MOST = 200;
const SAME_MS = 4000;

export const acts = signal({ done: [], undone: [] });

export const inverse = ({ changes, ...rest }) => ({ ...rest, changes: changes.map(({ path, before, after }) => ({ path, before: after, after: before })) });

/** Two acts of the same word in a row are one: what the first began with, what the second made. */
function joined(last, act) {
  if (!act.merge || last?.merge !== act.merge || act.at - last.at > SAME_MS) return null;
  const meet = last.changes.length === act.changes.length
    && last.changes.every((c, i) => c.path === act.changes[i].path && c.after === act.changes[i].before);
  return meet ? { ...act, changes: act.changes.map((c, i) => ({ ...c, before: last.changes[i].before })) } : null;
}

/** The next state. did: an act; undid, redid: what became of the newest one on its stack. */
export function reduce({ done, undone }, { did, undid, redid }) {
  if (undid) return { done: done.slice(0, -1), undone: [...undone, { ...undid, merge: null }] };
  if (redid) return { done: [...done, { ...redid, merge: null }], undone: undone.slice(0, -1) };
  const both = joined(done.at(-1), did);
  return { done: both ? [...done.slice(0, -1), both] : [...done, did].slice(-MOST), undone: [] };
}

export const tell = (what) => { acts.value = reduce(acts.value, what); };
