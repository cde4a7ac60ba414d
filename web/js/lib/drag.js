// Dragging, by @dnd-kit/dom: mouse, touch and keyboard. The only file that names the package.
export { DragDropManager, Draggable, Droppable } from '@dnd-kit/dom';
