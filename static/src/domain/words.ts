/** Letters without their accents, in lower case, so that `roisin` finds `Róisín`. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[’']/g, '').toLowerCase();
}

/** The words of a text, each once, as the search looks them up. */
export function wordsOf(text: string): string[] {
  return [...new Set(fold(text).split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ''))];
}
