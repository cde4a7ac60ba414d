// What a chart draws, read from the table of numbers of its card.

const words = (node) => node.textContent.trim();

/** A number, or null where there is none. */
const number = (node) => (node.dataset.v === '' || node.dataset.v === undefined ? null : Number(node.dataset.v));

const cell = (td) => ({ v: number(td), text: words(td), href: td.querySelector('a')?.getAttribute('href') ?? '' });

/**
 * @typedef {{v: number | null, text: string, href: string}} Cell
 * @typedef {{label: string, labels: string[], keys: (string | null)[], color: string, status: string, others: boolean, href: string, cells: Cell[]}} Row
 * @typedef {{label: string, color: string, status: string, unit: string}} Series  unit: money, percent …; '': a count
 * @param {HTMLTableElement} table
 * @returns {{heads: {label: string, kind: string, step: string}[], series: Series[], rows: Row[], stack: boolean}}
 */
export function readTable(table) {
  const heads = [...table.tHead.rows[0].cells].filter((th) => !th.matches('.sum'));
  const of = (th) => ({ label: words(th), color: th.dataset.color ?? '', status: th.dataset.status ?? '', unit: th.dataset.unit ?? '' });
  return {
    heads: heads.filter((th) => th.dataset.kind).map((th) => ({ label: words(th), kind: th.dataset.kind, step: th.dataset.step ?? '' })),
    series: heads.filter((th) => !th.dataset.kind).map(of),
    rows: [...table.tBodies[0].rows].map((tr) => {
      const labels = [...tr.querySelectorAll('th')].map(words);
      return {
        label: labels.join(' · '), labels, keys: JSON.parse(tr.dataset.key), others: 'others' in tr.dataset,
        color: tr.dataset.color ?? '', status: tr.dataset.status ?? '', href: tr.querySelector('th a')?.getAttribute('href') ?? '',
        cells: [...tr.querySelectorAll('td:not(.sum)')].map(cell),
      };
    }),
    stack: 'stack' in table.dataset,
  };
}

/** The stages of a funnel: every column by its name. */
export function readStages(table) {
  return [...table.tBodies[0].rows].map((tr) => {
    const stage = { label: words(tr.querySelector('th')), status: tr.dataset.status };
    for (const td of tr.querySelectorAll('td[data-col]')) stage[td.dataset.col] = { ...cell(td), node: td };
    return stage;
  });
}

/** The largest and the least of what is there, with 0. */
export function extent(values) {
  const known = values.filter((v) => v !== null);
  return [Math.min(0, ...known), Math.max(0, ...known)];
}
