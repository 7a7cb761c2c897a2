const encoder = new TextEncoder();

/** Records as NDJSON, with their keys beside them. */
export const linesOf = (values, keys) => encoder.encode(values.map((value, i) => `${JSON.stringify({ key: keys[i], value })}\n`).join(''));
