// Writing events. They are numbered just before the commit.
import { lockUntilCommit } from '../db/differences.ts'
import { insertRows } from '../db/prepared.ts'
import { beforeCommit, type Tx, wakeAfterCommit } from '../db/write.ts'

export interface EventDraft {
  /** Past tense with a dot: `message.posted`. */
  type: string
  /** The conversation it concerns, if any: decides who may see it. */
  conversationId?: string | undefined
  /** What a reader needs to act without a look at the database. No secrets: agents' browsers get to see it. */
  data: Record<string, string | number | boolean | null>
}

const pending = new WeakMap<Tx, EventDraft[]>()

// Number 8 can commit before number 7 on PostgreSQL; a reader at 8 would then never see 7. So numbers are drawn under
// a lock that is held until the commit, and as late as possible, for the lock stops every other writer of events.
const NUMBERING_LOCK = 7_305_113

/** Adds an event to the transaction. */
export function recordEvent(tx: Tx, draft: EventDraft): void {
  const drafts = pending.get(tx)
  if (drafts) drafts.push(draft)
  else pending.set(tx, [draft])
  beforeCommit(tx, 'events', writeEvents, { last: true })
}

async function writeEvents(tx: Tx): Promise<void> {
  const drafts = pending.get(tx) ?? []
  pending.delete(tx)
  const at = Date.now()
  await lockUntilCommit(tx, NUMBERING_LOCK)
  const rows = drafts.map((draft) => ({
    type: draft.type,
    at,
    conversation_id: draft.conversationId ?? null,
    data: JSON.stringify(draft.data),
  }))
  await insertRows(tx, 'events', rows)
  wakeAfterCommit(tx, 'events')
}
