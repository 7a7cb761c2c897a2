const base64Length = (bytes: number): number => Math.ceil(bytes / 3) * 4;

function plain(value: unknown): { json: unknown; binaryLength: number } {
  let binaryLength = 0;
  const walk = (item: unknown): unknown => {
    if (item instanceof Blob) return void (binaryLength += base64Length(item.size) + 2);
    if (item instanceof ArrayBuffer || ArrayBuffer.isView(item)) return void (binaryLength += base64Length(item.byteLength) + 2);
    if (typeof item === 'bigint') return item.toString();
    if (item instanceof Date) return item.toJSON();
    if (item instanceof Map) return [...item].map(walk);
    if (item instanceof Set) return [...item].map(walk);
    if (Array.isArray(item)) return item.map((element) => walk(element) ?? null);
    if (typeof item === 'object' && item !== null) {
      return Object.fromEntries(Object.entries(item).map(([key, element]) => [key, walk(element) ?? (element === undefined ? undefined : null)]));
    }
    return item;
  };
  return { json: walk(value), binaryLength };
}

/** A record's length as JSON, its binary values counted as base64. */
export function jsonLength(record: unknown): number {
  const { json, binaryLength } = plain(record);
  return (JSON.stringify(json) ?? 'null').length + binaryLength;
}
