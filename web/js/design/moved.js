// Where what stood at a place of a tree stands in the tree that came of it. Items of a list are known
// by what they say, keys of a map by their names, or by their place where one was renamed.
const isMap = (v) => v !== null && typeof v === 'object' && !Array.isArray(v);
const same = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);

/** The position in `now` of what stood at i in `was`; null: it is gone. */
export function positionOf(was, now, i) {
  const least = Math.min(was.length, now.length);
  let head = 0;
  while (head < least && same(was[head], now[head])) head += 1;
  let tail = 0;
  while (tail < least - head && same(was.at(-1 - tail), now.at(-1 - tail))) tail += 1;
  if (i < head) return i;
  if (i >= was.length - tail) return i + now.length - was.length;
  const at = now.slice(head, now.length - tail).findIndex((x) => same(x, was[i]));
  if (at >= 0) return head + at;
  return was.length === now.length ? i : null;
}

function keyOf(was, now, key) {
  if (key in now || !(key in was)) return key;
  const names = Object.keys(was);
  const to = Object.keys(now)[names.indexOf(key)];
  return names.length === Object.keys(now).length && !(to in was) ? to : null;
}

/** The same place in the other tree; null: what stood there is gone. */
export function followed(was, now, at) {
  const place = [];
  for (const key of at) {
    const lists = Array.isArray(was) && Array.isArray(now) && /^\d+$/.test(key);
    const to = was === now ? key : lists ? positionOf(was, now, Number(key)) : isMap(was) && isMap(now) ? keyOf(was, now, key) : key;
    if (to === null) return null;
    place.push(String(to));
    was = was?.[key];
    now = now?.[to];
  }
  return place;
}
