// Loading a planned history: in portions, each a transaction, so that a load that is cut off leaves a desk that works.
import type { Reader } from '../db/write.ts'
import { emailKey } from '../lib/email.ts'
import { Batch } from './batch.ts'
import type { Cast } from './cast.ts'
import { Desk } from './clocks.ts'
import { type HistoryOptions, planHistory } from './history.ts'
import { risingIds } from './ids.ts'
import { addressesOf, findKnown } from './known-customers.ts'
import type { Requester, Setting } from './pen.ts'
import type { PlannedConversation } from './plan.ts'
import type { Portion } from './tables.ts'

export interface LoadOptions extends HistoryOptions {
  /** Conversations that are made at a time. */
  portionSize: number
  /** How many portions may wait for the store, or be under way in it. */
  ahead?: number
  /** Nobody else adds customers meanwhile. */
  isAlone?: boolean
  /** Told of each portion before it is stored. */
  onPortion?: (portion: Portion) => void
  /** Told once the last one has been given to the store. */
  onEnd?: () => void
  onProgress?: (conversations: number) => void
}

/** Stores portions in the order in which they are given; each resolves once it is on disk. After a failure, all fail. */
export type Store = (portion: Portion) => Promise<void>

/**
 * Loads a whole history. While portions are stored, the next one is made. Memory holds these few and the customers' ids,
 * however long the history is.
 */
export async function loadHistory(db: Reader, cast: Cast, store: Store, options: LoadOptions): Promise<void> {
  const setting = {
    cast,
    desk: new Desk(cast.promises),
    until: options.until,
    nextId: await risingIds(db, options.conversations),
  }
  const customers = new Map<number, Requester>()
  const addresses = options.isAlone ? await addressesOf(db) : undefined
  const mayBeKnown = ({ customer, isNewCustomer }: PlannedConversation): boolean =>
    isNewCustomer && (addresses === undefined || addresses.has(emailKey(customer.email)))
  const storing: Promise<void>[] = []
  for (const planned of portions(planHistory(options), options.portionSize)) {
    const emails = planned.filter(mayBeKnown).map(({ customer }) => customer.email)
    const portion = play(setting, planned, customers, await findKnown(db, emails))
    options.onPortion?.(portion)
    // One is under way and one waits for it, so that a store on another thread never has to wait itself.
    if (storing.length === (options.ahead ?? 2)) await storing.shift()
    const done = store(portion).then(() => options.onProgress?.(planned.length))
    // A failure is thrown by the wait for it, not on its own.
    done.catch(() => {})
    storing.push(done)
  }
  options.onEnd?.()
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

function play(
  setting: Setting,
  planned: readonly PlannedConversation[],
  customers: Map<number, Requester>,
  known: ReadonlyMap<string, Requester>,
): Portion {
  const batch = new Batch(setting)
  for (const conversation of planned) {
    const { customer, at } = conversation
    const ids = customers.get(customer.number) ?? known.get(customer.email) ?? batch.addCustomer(customer, at)
    customers.set(customer.number, ids)
    batch.addConversation(conversation, ids)
  }
  return batch.finish()
}
