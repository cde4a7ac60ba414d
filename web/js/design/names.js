// Names are proposed from what people call a thing: Chinese by its pinyin.
import { tables } from './store.js';

const HAN = /\p{Script=Han}/u;

// Syllables are told apart by the first character of each in the browser's order of Chinese. For these
// the package has one that stands elsewhere today, and 电话 would be di_hua.
const FIRST = { BEI: '卑', DIAN: '掂', N: '拿', NA: '拿', QIE: '且', RONG: '戎', ZHUO: '拙' };
function patch(dict) {
  for (const [syllable, first] of Object.entries(FIRST)) dict.UNIHANS[dict.PINYINS.indexOf(syllable)] = first;
  Object.assign(dict.EXCEPTIONS, { 拿: 'NA', 了: 'LE', 揣: 'CHUAI' });
}

async function spelled(text) {
  if (!HAN.test(text)) return text;
  const { default: pinyin } = await import('tiny-pinyin');
  pinyin.patchDict(patch);
  return [...text].map((c) => (HAN.test(c) ? ` ${pinyin.convertToPinyin(c, '', true)} ` : c)).join('');
}

/** Is it the engine's own, by itself or by its ending? */
export const isReserved = (name) => tables.value.reserved.includes(name) || /^sqlite_|_v$/.test(name);

/** A name no one of `taken` has: small letters, digits and _. `otherwise` when nothing is left of the text. */
export async function nameFor(text, taken, otherwise) {
  const base = (await spelled(text)).normalize('NFKD').toLowerCase()
    .replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_+$/g, '').replace(/_+/g, '_').slice(0, 40).replace(/_+$/, '') || otherwise;
  const free = (name) => !taken.has(name) && !isReserved(name);
  let name = base;
  for (let n = 2; !free(name); n += 1) name = `${base}_${n}`;
  return name;
}
