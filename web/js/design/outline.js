// The canvas while the draft has mistakes and the server cannot draw it: what was drawn before in
// the order of the definition, a plain box for what is new.
import { sectionsOf } from './form.js';
import { labelOf } from './words.js';

function make(name, className, data = {}) {
  const node = document.createElement(name);
  if (className) node.className = className;
  Object.assign(node.dataset, data);
  return node;
}

function plainField(key, field) {
  const node = make('div', 'field', { field: key });
  node.append(Object.assign(make('span', 'label'), { textContent: labelOf(field?.label, key) }),
    Object.assign(make('output', 'value'), { textContent: '–' }));
  return node;
}

/** @param {object} tree of the form @param {Element | null} old what is drawn now */
export function outline(tree, old) {
  const canvas = make('div');
  canvas.id = 'canvas';
  const sections = sectionsOf(tree);
  sections.forEach((keys, i) => {
    const section = tree.layout?.[i];
    if (!section && !keys.length && sections.length > 1) return;
    const part = make('fieldset', 'panel', { section: String(i) });
    const label = labelOf(section?.section ?? section?.tab, '');
    if (label) part.append(Object.assign(make('legend'), { textContent: label }));
    const fields = make('div', `fields c${section?.columns ?? 2}`);
    fields.append(...keys.filter((key) => tree.fields?.[key]).map((key) =>
      old?.querySelector(`.field[data-field="${CSS.escape(key)}"]`)?.cloneNode(true) ?? plainField(key, tree.fields[key])));
    part.append(fields);
    canvas.append(part);
  });
  return canvas;
}
