// Telephone numbers, as far as a help desk needs to understand them.

/** What two spellings of a number have in common: its digits, with `+` for an international `00`. */
export function phoneKey(phone: string): string {
  const digits = phone.replace(/\D/g, '')
  // A name in place of a number ("reception") can only be compared as it is.
  if (digits === '') return phone.trim().toLowerCase()
  if (phone.trimStart().startsWith('+')) return `+${digits}`
  return digits.startsWith('00') ? `+${digits.slice(2)}` : digits
}

/** Numbers without blanks around them, each once. */
export function distinctPhones(phones: readonly string[]): string[] {
  const known = new Map<string, string>()
  for (const phone of phones.map((text) => text.trim()).filter(Boolean))
    if (!known.has(phoneKey(phone))) known.set(phoneKey(phone), phone)
  return [...known.values()]
}
