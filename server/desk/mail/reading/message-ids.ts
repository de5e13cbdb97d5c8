// Message-IDs in headers and in the text of reports.

/** As long as the ids that are stored; longer ones are hashed there. */
const MAX_LENGTH = 2_000

/** Those between angle brackets, without them; if there are none, words that look like one. Each once, in their order. */
export function messageIdsIn(source: string, limit: number): string[] {
  const found = new Set<string>()
  for (let at = source.indexOf('<'); at !== -1; ) {
    const end = source.indexOf('>', at)
    if (end === -1) break
    // `<<id>`: the innermost bracket begins it.
    const id = clean(source.slice(source.lastIndexOf('<', end) + 1, end))
    if (id !== undefined) found.add(id)
    at = source.indexOf('<', end)
  }
  if (found.size === 0) {
    for (const word of source.slice(0, 20_000).split(/[\s,;<>"']+/)) {
      const id = word.includes('@') ? clean(word) : undefined
      if (id !== undefined) found.add(id)
    }
  }
  const ids = [...found]
  // The first began the thread, the last are the nearest.
  return ids.length <= limit ? ids : [...ids.slice(0, 1), ...ids.slice(1 - limit)]
}

/** Folded in the middle, some ids contain blanks that were not in them. */
function clean(text: string): string | undefined {
  const id = text.replace(/[\s\p{Cc}<>]+/gu, '')
  return id === '' || id.length > MAX_LENGTH ? undefined : id.toWellFormed()
}

/** Header Message-ID: also one without brackets or without an @, which is an id all the same. */
export function messageIdOf(source: string | undefined): string | undefined {
  if (source === undefined) return undefined
  const [first] = messageIdsIn(source, 1)
  return first ?? clean(source.replace(/[<>]/g, ''))
}
