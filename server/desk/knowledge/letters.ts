// The letters of API v1 for knowledge base entries. They are stored as they are.

export const entryTypes = {
  C: 'Category',
  A: 'Article',
  Q: 'Forum',
  R: 'Topic',
  G: 'Suggestion category',
  S: 'Suggestion',
} as const
export type EntryType = keyof typeof entryTypes

export const entryStatuses = {
  N: 'New',
  C: 'Completed',
  P: 'Published',
  D: 'Draft',
  I: 'Init',
  U: 'Review',
  L: 'Planned',
  S: 'Started',
  X: 'Declined',
} as const
export type EntryStatus = keyof typeof entryStatuses

/** `I` internal: agents and programs only. `P` public. */
export type Access = 'I' | 'P'

/** What an entry of each type may lie in. `0` is the knowledge base itself. */
const parentTypes: Record<EntryType, readonly string[]> = {
  C: ['0', 'C'],
  A: ['0', 'C'],
  Q: ['0', 'C'],
  G: ['0', 'C'],
  R: ['Q'],
  S: ['G'],
}

/** Whether an entry may lie in a parent of this type; undefined: directly under the knowledge base. */
export const mayLieIn = (type: string, parentType: string | undefined): boolean =>
  isEntryType(type) && parentTypes[type].includes(parentType ?? '0')

export const placesOf = (type: EntryType): string =>
  parentTypes[type]
    .map((parent) => (isEntryType(parent) ? `a ${entryTypes[parent].toLowerCase()}` : 'the knowledge base itself'))
    .join(' or ')

const isEntryType = (letter: string): letter is EntryType => letter in entryTypes

/** What people wrote together, in forums and suggestion boxes: deleted ones leave a trace in lists. */
export const isContribution = (type: string): boolean => type === 'R' || type === 'S'

/**
 * Whether readers may find an entry at all. A contribution is there from its first day: its status says what became of
 * it. Everything else is there once it is published.
 */
export const isShown = (entry: { rtype: string; rstatus: string; deleted_at: number | null }): boolean =>
  entry.deleted_at === null &&
  (isContribution(entry.rtype) ? entry.rstatus !== 'D' && entry.rstatus !== 'I' : entry.rstatus === 'P')
