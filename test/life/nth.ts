/** One of a list that is not empty, by any number. */
export function nth<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length]
  if (found === undefined) throw new Error('there is nothing to choose from')
  return found
}
