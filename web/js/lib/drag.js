// Dragging, by @dnd-kit/dom: mouse and touch. The only file that names the package. Without its
// accessibility plugin, which would make a button of a card that holds links: the keyboard's way
// is the card's menu.
import { Accessibility, Cursor, DragDropManager, KeyboardSensor, PointerActivationConstraints, PointerSensor, PreventSelection, StyleInjector, defaultPreset } from '@dnd-kit/dom';

export { Draggable, Droppable } from '@dnd-kit/dom';

// A handle is dragged once it has moved a little, by a finger too: pressed, it is a button. Elsewhere a
// finger scrolls, unless it is held still first.
const activationConstraints = (event, source) => (source.handle?.contains(event.target)
  ? [new PointerActivationConstraints.Distance({ value: 4 })] : PointerSensor.defaults.activationConstraints(event, source));

// The package puts its rules into the page when a drag begins and takes them out when it ends; each time
// all of the page is laid out anew, which one feels on a long form. They are of what is dragged alone, so
// they stand there from the first. Its rules for everything (no selection, the cursor) are left out: what
// is selected is taken back as it comes, and the root has the cursor.
const standing = new Set();
const standWith = (nonce) => class extends PreventSelection {
  constructor(manager) {
    manager.registry.plugins.get(StyleInjector).register = (rules) => {
      if (rules.startsWith('*') || standing.has(rules)) return () => {};
      standing.add(rules);
      document.head.prepend(Object.assign(document.createElement('style'), { nonce, textContent: rules }));
      return () => {};
    };
    super(manager);
  }
};

/** nonce: of this page's style-src. links: what is dragged is a link all over, so it begins there
 * too, once it has moved a little. keys: the keyboard drags too, where no keys of its own move things. */
export const newManager = (nonce, { links = false, keys = true } = {}) => {
  const own = new Set([Accessibility, Cursor, PreventSelection]);
  const manager = new DragDropManager({
    sensors: [PointerSensor.configure({ activationConstraints, ...(links ? { preventActivation: () => false } : {}) }), ...(keys ? [KeyboardSensor] : [])],
    plugins: [standWith(nonce), ...defaultPreset.plugins.filter((plugin) => !own.has(plugin))],
  });
  manager.monitor.addEventListener('dragstart', () => { document.documentElement.style.cursor = 'grabbing'; });
  manager.monitor.addEventListener('dragend', () => { document.documentElement.style.cursor = ''; });
  return manager;
};

/** When the drag is wholly over, its landing too: until then the page takes no text. */
export const landed = (manager) => new Promise((resolve) => {
  const look = () => (manager.dragOperation.status.idle ? resolve() : requestAnimationFrame(look));
  look();
});

/** Is it behind the middle of what it is over? along: x or y. */
export const behind = ({ target, position }, along = 'y') => {
  const box = target.element.getBoundingClientRect();
  return along === 'x' ? position.current.x > box.left + box.width / 2 : position.current.y > box.top + box.height / 2;
};

/** Shows where it would go: data-drop of what it is over is what where(operation) says (before, after, in), or is not. */
export function showTarget(manager, where) {
  let at = null;
  let asked = false;
  const show = () => {
    asked = false;
    const operation = manager.dragOperation;
    const side = operation.status.dragging && operation.target ? where(operation) : null;
    const node = side ? operation.target.element : null;
    if (at && at !== node) delete at.dataset.drop;
    if (node && node.dataset.drop !== side) node.dataset.drop = side;
    at = node;
  };
  const ask = () => { if (!asked) requestAnimationFrame(show); asked = true; };        // the event comes before its position
  for (const type of ['dragmove', 'dragover', 'dragend']) manager.monitor.addEventListener(type, ask);
}
