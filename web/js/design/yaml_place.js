// Where a cursor stands in YAML: the way of keys and positions to it, read from the text before it, so
// that it is known while the text is half typed. Block and flow style; what it does not follow (anchors,
// several lines of one scalar, documents) has no place.

const KEY = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'|([^\s#&*!|>%@`"'[\]{},:][^#:[\]{},]*?))\s*:(?=\s|$)/u;

const bare = (text) => text.trim().replace(/^(["'])(.*)\1$/s, '$2');
const frame = (kind, indent, flow = false) => ({ kind, indent, flow, keys: [], values: {}, key: null, index: -1, open: false });

/** One line after the other; `stack` is what is open. */
class Reader {
  constructor() {
    this.stack = [frame('map', 0)];
    this.flows = 0;
    this.block = -1;                    // the indent of the owner of a | or > scalar
    this.lost = false;
  }

  get top() { return this.stack.at(-1); }

  key(name, at) {
    const top = this.top;
    Object.assign(top, { key: name, open: true });
    top.keys.push({ name, at });
  }

  value(text) {
    const top = this.top;
    top.open = false;
    if (top.kind === 'map' && top.key !== null) top.values[top.key] = bare(text);
  }

  /** The frames that a line at this indent leaves. */
  leave(indent, dash) {
    while (this.stack.length > 1) {
      const top = this.top;
      if (top.indent > indent || (top.indent === indent && top.kind === 'seq' && !dash)) this.stack.pop();
      else break;
    }
  }

  dash(indent) {
    const top = this.top;
    if (top.kind === 'seq' && top.indent === indent) top.index += 1;
    else if (top.kind === 'map' ? top.open && top.indent <= indent && top.key !== null : top.indent < indent) {
      top.open = false;
      this.stack.push({ ...frame('seq', indent), index: 0 });
    } else this.lost = true;
  }

  map(indent) {
    const top = this.top;
    if (top.kind === 'map' && top.indent === indent && !top.flow) return;
    if (top.indent < indent && (top.kind === 'seq' || top.open)) {
      top.open = false;
      this.stack.push(frame('map', indent));
    } else this.lost = true;
  }

  /** Flow style, and plain scalars: from `i` to the end of the line. Returns what was begun and not ended. */
  rest(line, i, at) {
    let word = i;
    let closed = false;
    const end = (to) => {
      const text = line.slice(word, to);
      if (!text.trim()) return;
      if (this.top.kind === 'map' && this.top.key === null) return;
      this.value(text);
    };
    for (; i < line.length; i += 1) {
      const c = line[i];
      if (c === '"' || c === "'") {
        if (line.slice(word, i).trim()) continue;
        const from = i;
        i += 1;
        while (i < line.length && !(line[i] === c && !(c === "'" && line[i + 1] === c))) i += c === '"' && line[i] === '\\' ? 2 : line[i] === c ? 2 : 1;
        if (i >= line.length) return { word: from + 1, quote: c };
      } else if (c === '#' && (i === 0 || /\s/.test(line[i - 1]))) {
        end(i);
        return { comment: true };
      } else if ((c === '{' || c === '[') && !line.slice(word, i).trim()) {
        this.top.open = false;
        this.stack.push({ ...frame(c === '{' ? 'map' : 'seq', 1e9, true), index: 0 });
        this.flows += 1;
        word = i + 1;
      } else if (this.flows && (c === '}' || c === ']')) {
        end(i);
        this.stack.pop();
        this.flows -= 1;
        closed = true;
        word = i + 1;
      } else if (this.flows && c === ',') {
        end(i);
        const top = this.top;
        if (top.kind === 'seq') top.index += 1;
        else top.key = null;
        word = i + 1;
      } else if (this.flows && c === ':' && this.top.kind === 'map' && this.top.key === null && /^[\s,{}[\]]?$/.test(line[i + 1] ?? '')) {
        this.key(bare(line.slice(word, i)), at + word);
        word = i + 1;
      }
    }
    if (closed && !this.flows) return { comment: true };
    if (this.flows && closed && !/[,{[]\s*$/.test(line.slice(0, word)) && line[word - 1] !== ':') return { comment: true };
    if (this.flows) word += /^\s*/.exec(line.slice(word))[0].length;
    return { word };
  }

  /** One line; its last one as far as it is typed. Gives what stands at its end. */
  line(text, at, last) {
    const indent = /^ */.exec(text)[0].length;
    if (this.flows) return this.rest(text, 0, at);
    if (this.block >= 0) {
      if (!text.trim() || indent > this.block) return { scalar: true };
      this.block = -1;
    }
    if (!text.trim()) return last ? this.blank(indent) : {};
    if (/^\s*#/.test(text)) return { comment: true };
    let i = indent;
    let dash = /^-(\s+|$)/.test(text.slice(i));
    this.leave(indent, dash);
    while (dash) {
      this.dash(i);
      i += /^-\s*/.exec(text.slice(i))[0].length;
      if (i >= text.length) return { item: true, word: i, indent: i };
      dash = /^-(\s+|$)/.test(text.slice(i));
    }
    const found = KEY.exec(text.slice(i));
    if (!found) {
      if (/^[{["']/.test(text.slice(i)) || this.top.kind === 'seq') {
        const out = this.rest(text, i, at);
        return { ...out, word: out.word ?? i, item: this.top.kind === 'seq' && !this.top.flow };
      }
      if (last) this.map(i);
      return { word: i, name: true };
    }
    this.map(i);
    if (this.lost) return {};
    this.key(found[1] ?? found[2] ?? found[3], at + i);
    i += found[0].length;
    const value = text.slice(i).trimStart();
    if (/^[|>][-+0-9]*\s*(#.*)?$/.test(value)) {
      this.block = this.top.indent;
      this.top.open = false;
      return { scalar: true };
    }
    if (!value || value.startsWith('#')) return value ? { comment: true } : { word: text.length, value: true, glued: i === text.length };
    const out = this.rest(text, i + (text.length - i - value.length), at);
    if (!this.flows && !out.comment && out.quote === undefined && this.top.open) {
      if (last) return { ...out, value: true };
      this.value(text.slice(out.word));
    }
    return { ...out, value: true };
  }

  /** An empty line, by how far the cursor is in. */
  blank(indent) {
    this.leave(indent, false);
    this.map(indent);
    return { word: indent, name: true };
  }
}

/** Keys of the same map that come after the cursor. */
function later(text, pos, top) {
  const out = {};
  if (top.flow) {
    for (const m of text.slice(pos).split(/[}\n]/, 1)[0].matchAll(/(?:^|,)\s*([\w]+)\s*:\s*([^,}]*)/g)) out[m[1]] = bare(m[2]);
    return out;
  }
  for (const line of text.slice(pos).split('\n').slice(1)) {
    const indent = /^ */.exec(line)[0].length;
    if (!line.trim() || /^\s*#/.test(line)) continue;
    if (indent < top.indent) break;
    const found = indent === top.indent && KEY.exec(line.slice(indent));
    if (indent === top.indent && !found) break;
    if (found) out[found[1] ?? found[2] ?? found[3]] = bare(line.slice(indent + found[0].length).replace(/\s#.*$/, ''));
  }
  return out;
}

/**
 * frames: the maps and lists around the cursor, outermost first, each with the key or index it is at and
 * the plain values of its keys. at: 'key', 'value' or 'item' (of a list: a value, or the first key of a map).
 * @returns {{frames: object[], at: string, from: number, quoted: boolean} | null}
 */
export function yamlPlace(text, pos) {
  const reader = new Reader();
  const lines = text.slice(0, pos).split('\n');
  let at = 0;
  let end = {};
  for (const [i, line] of lines.entries()) {
    if (/^(---|\.\.\.)/.test(line) || /^\s*\t/.test(line)) return null;
    end = reader.line(line, at, i === lines.length - 1);
    if (reader.lost) return null;
    at += i < lines.length - 1 ? line.length + 1 : 0;
  }
  if (end.comment || end.scalar || end.word === undefined || end.glued) return null;
  const top = reader.top;
  const where = top.kind === 'seq' ? 'item' : end.name || (top.flow && top.key === null) ? 'key' : 'value';
  if (where === 'value' && end.quote === undefined && !top.flow && !end.value) return null;
  const rest = top.kind === 'map' ? later(text, pos, top) : {};
  top.values = { ...rest, ...top.values };
  if (where === 'key') for (const name of Object.keys(rest)) top.keys.push({ name });
  return { frames: reader.stack, at: where, from: at + end.word, quoted: end.quote !== undefined };
}
