// Long work in the thread that answers everybody: others get their turn in between.

/** How long it may keep others waiting, in milliseconds. */
const STRETCH = 3

/** `items.map(make)`, a few milliseconds at a time. */
export async function mapInTurns<Item, Made>(items: readonly Item[], make: (item: Item) => Made): Promise<Made[]> {
  const made: Made[] = []
  let end = performance.now() + STRETCH
  for (const item of items) {
    made.push(make(item))
    if (performance.now() < end) continue
    await new Promise(setImmediate)
    end = performance.now() + STRETCH
  }
  return made
}
