// The keys of a shape, by what the value says it is.
import { tables } from './store.js';

export function keysOf(attr, value) {
  if (attr.of) return { of: attr.of };
  const shape = tables.value.shapes[attr.shape];
  if (!shape) return null;
  if (shape.of) return { of: shape.of };
  const type = shape.by ? value?.[shape.by] : Object.keys(value ?? {})[0];
  return { by: shape.by, type, types: shape.types, of: shape.types[type]?.of ?? (shape.by ? Object.values(shape.types)[0].of : []) };
}
