// Names are proposed from what people call a thing: Chinese by its pinyin.
import { tables } from './store.js';

const HAN = /\p{Script=Han}/u;

async function spelled(text) {
  if (!HAN.test(text)) return text;
  const { default: pinyin } = await import('tiny-pinyin');
  return [...text].map((c) => (HAN.test(c) ? ` ${pinyin.convertToPinyin(c, '', true)} ` : c)).join('');
}

/** A name no one of `taken` has: small letters, digits and _. `otherwise` when nothing is left of the text. */
export async function nameFor(text, taken, otherwise) {
  const base = (await spelled(text)).normalize('NFKD').toLowerCase()
    .replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_+$/g, '').replace(/_+/g, '_').slice(0, 40).replace(/_+$/, '') || otherwise;
  const free = (name) => !taken.has(name) && !tables.value.reserved.includes(name);
  let name = base;
  for (let n = 2; !free(name); n += 1) name = `${base}_${n}`;
  return name;
}
