// What a check of `deskhand doctor` finds.

export interface Finding {
  state: 'ok' | 'warn' | 'fail'
  /** What was looked at, in a word or two. */
  about: string
  /** What was found. */
  says: string
  /** What to do about it. */
  todo?: string | undefined
}

export const ok = (about: string, says: string): Finding => ({ state: 'ok', about, says })
export const warn = (about: string, says: string, todo: string): Finding => ({ state: 'warn', about, says, todo })
export const fail = (about: string, says: string, todo: string): Finding => ({ state: 'fail', about, says, todo })

/** The sentence of an error. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
