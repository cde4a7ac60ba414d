// Dragging, by @dnd-kit/dom: mouse and touch. The only file that names the package. Without its
// accessibility plugin, which would make a button of a card that holds links: the keyboard's way
// is the card's menu.
import { Accessibility, DragDropManager, KeyboardSensor, PointerSensor, StyleInjector, defaultPreset } from '@dnd-kit/dom';

export { Draggable, Droppable } from '@dnd-kit/dom';
/** nonce: of this page's style-src. links: what is dragged is a link all over, so it begins there
 * too, once it has moved a little. keys: the keyboard drags too, where no keys of its own move things. */
export const newManager = (nonce, { links = false, keys = true } = {}) => new DragDropManager({
  sensors: [links ? PointerSensor.configure({ preventActivation: () => false }) : PointerSensor, ...(keys ? [KeyboardSensor] : [])],
  plugins: [...defaultPreset.plugins.filter((plugin) => plugin !== Accessibility), StyleInjector.configure({ nonce })],
});
/** When the drag is wholly over, its landing too: until then the page takes no text. */
export const landed = (manager) => new Promise((resolve) => {
  const look = () => (manager.dragOperation.status.idle ? resolve() : requestAnimationFrame(look));
  look();
});
