// Loading a planned history: in portions, each a transaction, so that a load that is cut off leaves a desk that works.
import type { Reader } from '../db/write.ts'
import { Batch, type CustomerIds } from './batch.ts'
import type { Cast } from './cast.ts'
import { type HistoryOptions, planHistory } from './history.ts'
import { risingIds } from './ids.ts'
import { findKnown } from './known-customers.ts'
import type { PlannedConversation } from './plan.ts'
import type { Portion } from './tables.ts'

export interface LoadOptions extends HistoryOptions {
  /** Conversations in a transaction. */
  portionSize: number
  /** Told of each portion before it is stored. */
  onPortion?: (portion: Portion) => void
  onProgress?: (conversations: number) => void
}

/** Stores portions in the order in which they are given; each resolves once it is on disk. After a failure, all fail. */
export type Store = (portion: Portion) => Promise<void>

/**
 * Loads a whole history. While portions are stored, the next one is made. Memory holds these few and the customers' ids,
 * however long the history is.
 */
export async function loadHistory(db: Reader, cast: Cast, store: Store, options: LoadOptions): Promise<void> {
  const nextId = await risingIds(db, options.conversations)
  const customers: CustomerIds[] = []
  const storing: Promise<void>[] = []
  for (const planned of portions(planHistory(options), options.portionSize)) {
    const portion = await play(db, cast, planned, customers, nextId)
    options.onPortion?.(portion)
    // One is under way and one waits for it, so that a store on another thread never has to wait itself.
    if (storing.length === 2) await storing.shift()
    const done = store(portion).then(() => options.onProgress?.(planned.length))
    // A failure is thrown by the wait for it, not on its own.
    done.catch(() => {})
    storing.push(done)
  }
  await Promise.all(storing)
}

function* portions(history: Iterable<PlannedConversation>, size: number): Generator<PlannedConversation[]> {
  let portion: PlannedConversation[] = []
  for (const planned of history) {
    portion.push(planned)
    if (portion.length === size) {
      yield portion
      portion = []
    }
  }
  if (portion.length > 0) yield portion
}

async function play(
  db: Reader,
  cast: Cast,
  planned: readonly PlannedConversation[],
  customers: CustomerIds[],
  nextId: () => string,
): Promise<Portion> {
  const newcomers = planned.filter(({ isNewCustomer }) => isNewCustomer)
  const known = await findKnown(
    db,
    newcomers.map(({ customer }) => customer.email),
  )
  const batch = new Batch(cast, nextId)
  for (const conversation of planned) {
    const { customer, at } = conversation
    const ids = customers[customer.number] ?? known.get(customer.email) ?? batch.addCustomer(customer, at)
    customers[customer.number] = ids
    batch.addConversation(conversation, ids)
  }
  return batch.finish()
}
