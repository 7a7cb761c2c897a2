/** Objects in objects: `{ a: { a: … } }`, `depth` of them. */
export function nested(depth) {
  let value = {};
  for (let i = 1; i < depth; i++) value = { a: value };
  return value;
}

/** How many objects there are in one another. */
export function depthOf(value) {
  let depth = 0;
  for (let at = value; at !== undefined && at !== null; at = at.a) depth += 1;
  return depth;
}
