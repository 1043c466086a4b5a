// Order ids as people paste them: separated by anything, repeated, with words between.
const MANY = 100;

export function pastedIds(text: string): string[] {
  const found = text.match(/(?<![\p{L}\d])\d{3,19}(?![\p{L}\d])/gu) ?? [];
  return [...new Set(found)].slice(0, MANY);
}

/** Only ids and what separates them: then a search is a filter, not a question. */
export function isIdList(text: string): boolean {
  return /^[\d\s,;|#]+$/.test(text) && pastedIds(text).length > 0;
}
