// Charts of rows that are words first: who is first, how stages are passed. They are HTML, so that
// names wrap; only their bars are drawn.
import { beside, html, link, mark, svg } from './draw.js';

/** A bar that is as long as its place allows: its width is a part of 100. */
function strip(share, said, className = '') {
  const wide = Math.max(0.5, share * 100);
  const bar = mark(said, [svg('rect', { x: 0, y: 0, width: wide, height: 10 })], className);
  return svg('svg', { viewBox: '0 0 100 10', preserveAspectRatio: 'none', class: 'strip', role: 'group', 'aria-label': said.what },
    [svg('rect', { x: 0, y: 0, width: 100, height: 10, class: 'track' }), bar]);
}

export function leaderboard(data, label) {
  const high = Math.max(...data.rows.map((r) => r.cells[0].v ?? 0), 0) || 1;
  let rank = 0;
  const list = html('ol', 'leader', data.rows.map((r, i) => {
    if (!r.others && (!i || r.cells[0].v !== data.rows[i - 1].cells[0].v)) rank = i + 1;
    const place = html('span', `rank${rank <= 3 && !r.others ? ' first' : ''}`, [r.others ? '' : String(rank)]);
    return html('li', r.others ? 'rest' : '', [place, beside(r.label, r.cells[0].href, 'name'), html('span', 'value', [r.cells[0].text]),
      strip(Math.max(0, r.cells[0].v ?? 0) / high, { what: r.label, value: r.cells[0].text, href: r.cells[0].href }, r.others ? 'hue-rest' : 'hue-0')]);
  }));
  list.setAttribute('aria-label', label);
  return [list];
}

const timed = (stage) => stage.median && stage.median.text !== '–';

const SHAPE = 1000;

/** A stage: as wide as it is of the first, in the middle; below it, how it narrows to the next. */
function funnelBar(now, next, said, className) {
  const bar = mark(said, [svg('rect', { x: (SHAPE - now * SHAPE) / 2, y: 0, width: Math.max(2, now * SHAPE), height: 10 })], className);
  const drawing = svg('svg', { viewBox: `0 0 ${SHAPE} 10`, preserveAspectRatio: 'none', class: 'strip', role: 'group', 'aria-label': said.what }, [bar]);
  if (next === null) return [drawing];
  const half = (part) => [(SHAPE - Math.max(0.002, part) * SHAPE) / 2, (SHAPE + Math.max(0.002, part) * SHAPE) / 2];
  const [a, b] = half(now), [c, d] = half(next);
  return [drawing, svg('svg', { viewBox: `0 0 ${SHAPE} 10`, preserveAspectRatio: 'none', class: 'narrows', 'aria-hidden': 'true' },
    [svg('path', { d: `M${a},0H${b}L${d},10H${c}Z` })])];
}

/** Who is lost at a stage, and why, as the table says it. */
function lostOf(stage, words) {
  if (!stage.lost?.v) return null;
  const said = html('span', 'lost', [link(`−${stage.lost.text} ${words.lost}`, stage.lost.href)]);
  const why = stage.reasons ? [...stage.reasons.node.childNodes].map((n) => n.cloneNode(true)) : [];
  return html('div', 'loss', [said, ...(stage.reasons?.node.querySelector('a') || stage.reasons?.text !== '–' ? [html('span', 'why', why)] : [])]);
}

export function funnel(stages, words, label) {
  const high = Math.max(...stages.map((s) => s.n.v ?? 0), 1);
  const part = (s) => (s.n.v ?? 0) / high;
  const list = html('ol', 'funnel', stages.map((s, i) => {
    const next = stages[i + 1];
    const goesOn = next?.conversion && next.conversion.v !== null;
    const facts = html('div', 'facts-line', [
      html('div', '', [html('strong', '', [beside(s.n.text, s.n.href)]), ...(i && s.share.text ? [html('span', 'muted', [s.share.text])] : [])]),
      html('div', '', [...(s.amount?.text ? [html('span', '', [s.amount.text])] : []), ...(timed(s) ? [html('span', 'muted', [`⌀ ${s.median.text}`])] : [])])]);
    facts.title = timed(s) ? `${words.median}: ${s.median.text}` : '';
    const loss = lostOf(s, words);
    const between = goesOn ? [html('span', 'conversion', [`↓ ${next.conversion.text}`])] : [];
    return html('li', '', [html('span', 'name', [s.label]), html('div', 'shape', [
      ...funnelBar(part(s), next ? part(next) : null, { what: s.label, value: [s.n.text, s.amount?.text].filter(Boolean).join(' · '), href: s.n.href },
        s.status === 'won' ? 'hue-good' : 'hue-0'), ...between]), facts, ...(loss ? [loss] : [])]);
  }));
  list.setAttribute('aria-label', label);
  return [list];
}
