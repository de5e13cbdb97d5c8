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

/** How many digits at the end all spellings of a number share: country and area come before them. */
const TAIL = 7
/** Fewer are no number, as in "line 2". */
const FEWEST = 3

/** The last digits of a number; undefined: it is none. */
export function phoneTail(phone: string): string | undefined {
  const digits = phoneKey(phone).replace(/\D/g, '')
  return digits.length < FEWEST ? undefined : digits.slice(-TAIL)
}

/** Whether two keys are one number, once with its country and once without: `+49301234567` and `0301234567`. */
export function callsTheSame(one: string, other: string): boolean {
  if (one === other) return true
  if (one.startsWith('+') === other.startsWith('+')) return false
  const [abroad, home] = one.startsWith('+') ? [one, other] : [other, one]
  const national = home.replace(/^0/, '')
  // Shorter ones are extensions, which every office has.
  return national.length >= TAIL && abroad.endsWith(national) && abroad.length - national.length <= 4
}
