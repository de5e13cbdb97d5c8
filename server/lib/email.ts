// E-mail addresses, as far as a help desk needs to understand them.

// Not RFC 5322 (which allows comments and quotes that no real sender uses): one @, no spaces or controls, a domain.
const ADDRESS = /^[^\s@<>(),;:"[\]\\\p{Cc}]{1,64}@[^\s@<>(),;:"[\]\\\p{Cc}]{1,189}$/u

export const isEmail = (text: string): boolean => ADDRESS.test(text)

/** What two spellings of an address have in common: addresses match without regard to case. */
export const emailKey = (email: string): string => email.trim().toLowerCase()

/** `Anna Maria Berg` → `Anna Maria`, `Berg`. A single word is a first name. */
export function splitName(name: string): { firstname: string; lastname: string } {
  const words = name.trim().split(/\s+/)
  const lastname = words.length > 1 ? (words.pop() ?? '') : ''
  return { firstname: words.join(' '), lastname }
}
