// What two spellings of a text have in common when people look for it: composition and case do not matter, accents do.

/**
 * Text as it is compared in searches: composed, in lower case, with one form of sigma (the final one is only written at
 * the end of a word, so a part of a word would not find it).
 */
export const fold = (text: string): string => text.normalize('NFC').toLowerCase().replaceAll('ς', 'σ').normalize('NFC')

/** A text as it must stand in a LIKE pattern with `\` as escape, to mean itself. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&')
