// Presses in a row: each is made of what the one before left, not of what stood there when it began.
import { edit } from './store.js';

let last = Promise.resolve();

/** opsOf(): the operations on the file, asked when the act before is through. */
export function actNext(path, opsOf) {
  last = last.catch(() => {}).then(() => {
    const ops = opsOf();
    return ops.length ? edit(path, ops) : null;
  });
  return last;
}
