// Work that takes much memory is done one after the other.
let last: Promise<unknown> = Promise.resolve()

/** Runs work after everything that was given here before. */
export function oneByOne<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work, work)
  last = mine.catch(() => {})
  return mine
}
