// What may stand at a place of a rule: our calls, events, forms, the fields of a record by what its
// variable is. It reads the text before the cursor as far as that is cheap; where it does not know
// what a variable is, it offers nothing.

const WORD = /[\p{L}_][\p{L}\p{N}_]*$/u;
const KEYWORDS = ['and', 'break', 'do', 'else', 'elseif', 'end', 'false', 'for', 'function', 'if', 'in', 'local', 'nil', 'not', 'or', 'repeat', 'return', 'then', 'true', 'until', 'while'];
const ALWAYS = [{ value: 'id', label: '' }, { value: 'title', label: '' }];

/** What the cursor stands in: {string: what was typed of one, from} or {comment: true} or {}. */
export function within(before) {
  let i = 0;
  while (i < before.length) {
    const c = before[i];
    if (c === '-' && before[i + 1] === '-') {
      const long = /^--\[(=*)\[/.exec(before.slice(i, i + 40));
      const end = long ? before.indexOf(`]${long[1]}]`, i) : before.indexOf('\n', i);
      if (end < 0) return { comment: true };
      i = long ? end + long[1].length + 2 : end + 1;
    } else if (c === '"' || c === "'") {
      let end = i + 1;
      while (end < before.length && before[end] !== c && before[end] !== '\n') end += before[end] === '\\' ? 2 : 1;
      if (end >= before.length) return { string: before.slice(i + 1), from: i + 1 };
      i = end + 1;
    } else i += 1;
  }
  return {};
}

const last = (text, pattern) => {
  let found = null;
  for (const m of text.matchAll(pattern)) found = m;
  return found;
};

/** The form whose records a variable holds, by the handler, loop or call that gave it. */
export function formOf(before, name, env) {
  const found = [];
  const see = (pattern, form) => { const m = last(before, pattern); if (m) found.push({ at: m.index, form: form(m) }); };
  see(new RegExp(`\\bon\\s*\\(\\s*["']([\\w]+)\\.[\\w.]+["']\\s*,\\s*function\\s*\\(\\s*(?:${name}|\\w+\\s*,\\s*${name})\\b`, 'g'), (m) => m[1]);
  see(new RegExp(`\\bfor\\s+${name}\\s+in\\s+find\\s*\\(\\s*["'](\\w+)["']`, 'g'), (m) => m[1]);
  see(new RegExp(`\\b${name}\\s*=\\s*(?:get|create|update|transition)\\s*\\(\\s*["'](\\w+)["']`, 'g'), (m) => m[1]);
  see(new RegExp(`\\b${name}\\s*=\\s*me\\s*\\(`, 'g'), () => 'user');
  see(new RegExp(`\\brun\\s*=\\s*function\\s*\\(\\s*${name}\\b`, 'g'), (m) => {
    const head = before.slice(before.lastIndexOf('action', m.index), m.index);
    return /\bform\s*=\s*["'](\w+)["']/.exec(head)?.[1] ?? null;
  });
  see(new RegExp(`\\bon\\s*\\(\\s*["']login["']\\s*,\\s*function\\s*\\(\\s*${name}\\b`, 'g'), () => 'user');
  found.sort((a, b) => a.at - b.at);
  const form = found.at(-1)?.form ?? null;
  return form && env.forms.some((f) => f.value === form) ? form : form === 'user' ? 'user' : null;
}

const led = (form, keys, env) => keys.reduce((f, key) => (f ? env.ledTo(f, key) : null), form);

function eventsOf(env) {
  return env.events.flatMap((e) => {
    if (e.of === 'app') return [{ value: e.name, help: e.help }];
    return env.forms.filter((f) => !env.form || f.value === env.form || env.all).flatMap((f) => {
      const names = e.of === 'stage' ? env.stagesOf(f.value) : e.of === 'transition' ? env.transitionsOf(f.value) : [null];
      return names.map((n) => ({ value: `${f.value}.${e.name}${n ? `.${n.value}` : ''}`, label: n?.label ?? '', help: e.help }));
    });
  });
}

/** Inside of quotes: what call or comparison they stand in. */
function inString(before, at, env) {
  const head = before.slice(0, at.from - 1);
  const call = /\b(\w+)\s*\(\s*$/.exec(head)?.[1];
  if (call === 'on') return eventsOf(env);
  if (call && /^(find|get|count|sum|create|update|delete|transition)$/.test(call)) return env.forms;
  if (/\bform\s*=\s*$/.test(head)) return env.forms;
  if (/\b(role\s*=|has_role\s*\(([^()]*,)?)\s*$/.test(head)) return env.roles;
  const sum = /\bsum\s*\(\s*["'](\w+)["']\s*,\s*$/.exec(head);
  if (sum) return env.fieldsOf(sum[1]);
  const move = /\btransition\s*\(\s*(\w+)\s*,\s*$/.exec(head);
  if (move) return env.transitionsOf(formOf(head, move[1], env) ?? '');
  const same = /\b(\w+)((?:\.\w+)*)\.(\w+)\s*(?:==|~=|=)\s*$/.exec(head);
  if (!same) return null;
  const form = led(formOf(head, same[1], env), same[2].split('.').filter(Boolean), env);
  if (!form) return null;
  return same[3] === 'stage' ? env.stagesOf(form) : env.optionsOf(form, same[3]);
}

/** The table of values that the cursor is in begins: of which form? */
function valuesOf(before, env) {
  const open = /\b(create|update|transition)\s*\(\s*(?:["'](\w+)["']|(\w+))\s*,(?:\s*["']\w+["']\s*,)?\s*\{([^{}]*)$/.exec(before);
  if (!open || !/(^|,)\s*[\w]*$/.test(open[4])) return null;
  return open[2] ?? formOf(before, open[3], env);
}

const asCall = (c) => ({ value: c.name, detail: `(${c.args})`, help: c.help, call: true });

/**
 * @param {string} text @param {number} pos
 * @param {{calls: object[], events: object[], form: string, forms: object[], roles: object[], fieldsOf: Function, ledTo: Function, stagesOf: Function, transitionsOf: Function, optionsOf: Function}} env
 * @returns {{from: number, options: {value: string, label?: string, help?: string, call?: boolean}[], quoted?: boolean, open?: boolean} | null} open: offered before a letter is typed
 */
export function completeLua(text, pos, env) {
  const before = text.slice(0, pos);
  const at = within(before);
  if (at.comment) return null;
  if (at.string !== undefined) {
    if (!/^[\w.]*$/.test(at.string)) return null;
    const options = inString(before, at, env);
    return options?.length ? { from: at.from, options, quoted: true } : null;
  }
  const word = WORD.exec(before)?.[0] ?? '';
  const from = pos - word.length;
  const path = /([\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*)\.$/u.exec(before.slice(0, from))?.[1];
  if (path) {
    const [name, ...keys] = path.split('.');
    const inside = env.calls.filter((c) => c.name.startsWith(`${path}.`)).map((c) => ({ ...asCall(c), value: c.name.slice(path.length + 1) }));
    if (inside.length) return { from, options: inside, open: true };
    const form = led(formOf(before.slice(0, from), name, env), keys, env);
    if (!form) return null;
    const fields = env.fieldsOf(form);
    return { from, options: [...fields, ...ALWAYS.filter((a) => !fields.some((f) => f.value === a.value))], open: true };
  }
  if (/[.:\d]$/.test(before.slice(0, from))) return null;
  const form = valuesOf(before, env);
  if (form) return { from, options: env.fieldsOf(form).map((f) => ({ ...f, value: f.value, assign: true })) };
  const tables = new Set(env.calls.filter((c) => c.name.includes('.')).map((c) => c.name.split('.')[0]));
  const calls = env.calls.filter((c) => !c.name.includes('.')).map(asCall);
  return { from, options: [...calls, ...[...tables].map((value) => ({ value, detail: '.' })), ...KEYWORDS.map((value) => ({ value, keyword: true }))] };
}

/** The call that is named at a place, with where its name stands; null for others. */
export function callAt(text, pos, env) {
  const line = text.lastIndexOf('\n', pos - 1) + 1;
  for (const m of text.slice(line).split('\n', 1)[0].matchAll(/[\w]+(?:\.[\w]+)?/g)) {
    const from = line + m.index;
    if (pos < from || pos > from + m[0].length) continue;
    const at = within(text.slice(0, from));
    const call = at.comment || at.string !== undefined ? null : env.calls.find((c) => c.name === m[0]);
    return call ? { from, to: from + m[0].length, call } : null;
  }
  return null;
}
