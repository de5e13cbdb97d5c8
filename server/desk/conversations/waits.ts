// Whether a customer waits, when messages come to a conversation or leave it. Pure, but for reading the history.
import type { Reader } from '../../db/write.ts'
import { groupTypes, isLiveGroup, messageTypes, type Status, statuses } from './letters.ts'
import { statusAfterCustomer } from './status.ts'

/** What a conversation's messages decide about it. */
export interface Standing {
  status: string
  waiting_since: number | null
}

/** A group of the history, as far as waiting is concerned. */
export interface Step {
  seq: number
  rtype: string
  created_at: number
  /** Later than its beginning for chats and calls. */
  finished_at: number
  /** The change of status that it notes. */
  change: { from: string; to: string } | undefined
}

export const isQuestion = ({ rtype }: Pick<Step, 'rtype'>): boolean =>
  rtype === groupTypes.incoming || rtype === groupTypes.offline
const isAnswer = ({ rtype }: Pick<Step, 'rtype'>): boolean => rtype === groupTypes.outgoing
/** A chat or call: both sides speak in it. */
const isTalk = ({ rtype }: Pick<Step, 'rtype'>): boolean => isLiveGroup(rtype)
/** What customers and agents say to each other. */
export const isPublic = (step: Pick<Step, 'rtype'>): boolean => isQuestion(step) || isAnswer(step) || isTalk(step)
/** Whether somebody who has waited since an instant began to do so in a chat or call. */
const beganIn = (step: Step, since: number): boolean =>
  isTalk(step) && step.created_at <= since && since <= step.finished_at

const isOpen = (status: string): boolean => status === 'N' || status === 'C'

/** Since when a customer waits; null: nobody does. */
export const waitOf = ({ status, waiting_since }: Standing): number | null => (isOpen(status) ? waiting_since : null)

/** Since when a customer has waited for an answer to one of these groups of a conversation; null: nobody does. */
export function waitFrom(standing: Standing, steps: readonly Step[]): number | null {
  const since = waitOf(standing)
  if (since === null) return null
  if (steps.some((step) => beganIn(step, since))) return since
  const unanswered = steps.filter((step) => isQuestion(step) && step.created_at >= since)
  return unanswered.length === 0 ? null : earliest(unanswered)
}

/** With a wait that came from elsewhere: it opens what was settled, and the wait that began first counts. */
export function withWait(standing: Standing, since: number | null): Standing {
  if (since === null) return standing
  return {
    status: statusAfterCustomer(standing.status) ?? standing.status,
    waiting_since: Math.min(waitOf(standing) ?? since, since),
  }
}

/** When some of its groups have left, `steps` being those that stay, oldest first. */
export function withoutGone(standing: Standing, steps: readonly Step[]): Standing {
  const since = waitOf(standing)
  if (since === null || steps.some((step) => beganIn(step, since))) return standing
  const settled = steps.findLastIndex(settles)
  const unanswered = steps.filter((step, index) => isQuestion(step) && (index > settled || step.created_at >= since))
  // Nobody waits any more: it is again what it was before those messages.
  if (unanswered.length === 0) return { status: settledStatus(steps[settled]) ?? standing.status, waiting_since: null }
  return { ...standing, waiting_since: earliest(unanswered) }
}

/** What the groups of a conversation make of it, if it consists of nothing else. */
export function standingOf(steps: readonly Step[]): Standing {
  const answered = steps.findLastIndex(isAnswer)
  const unanswered = steps.slice(answered + 1).filter(isQuestion)
  if (unanswered.length === 0) return { status: 'A', waiting_since: null }
  return { status: answered < 0 ? 'N' : 'C', waiting_since: earliest(unanswered) }
}

/**
 * When what had come with a move goes away again. `since`: the first question of its own after the move. Where the wait
 * that came along has ended meanwhile, nothing of it is left to take back.
 */
export function withoutGuests(
  now: Standing,
  { before, after }: { before: Standing; after: Standing },
  since: number | null,
): Standing {
  const wait = waitOf(now)
  const isSame = before.status === after.status && before.waiting_since === after.waiting_since
  if (isSame || wait === null || wait !== waitOf(after)) return now
  const own = waitOf(before) ?? since
  const isUntouched = now.status === after.status
  if (own === null) return { status: isUntouched ? before.status : now.status, waiting_since: null }
  if (!isUntouched || waitOf(before) === null) return { ...now, waiting_since: own }
  return { status: before.status, waiting_since: own }
}

/** Whether a group ends what was waited for: an answer, or a change between settled and open. */
const settles = ({ change, ...step }: Step): boolean =>
  isAnswer(step) || (change !== undefined && !(isOpen(change.from) && isOpen(change.to)))

/** Undefined: it was open, and stays what it is. */
function settledStatus(step: Step | undefined): string | undefined {
  if (!step) return undefined
  const status = isAnswer(step) ? 'A' : step.change?.to
  return status !== undefined && isOpen(status) ? undefined : status
}

const earliest = (steps: readonly Step[]): number => Math.min(...steps.map(({ created_at }) => created_at))

/** The groups of a conversation, oldest first. */
export async function listSteps(db: Reader, conversationId: string): Promise<Step[]> {
  const groups = await db
    .selectFrom('message_groups')
    .select(['seq', 'rtype', 'created_at', 'finished_at'])
    .where('conversation_id', '=', conversationId)
    .orderBy('created_at')
    .orderBy('seq')
    .execute()
  const notes = await db
    .selectFrom('messages')
    .select(['group_seq', 'body'])
    .where('conversation_id', '=', conversationId)
    .where('rtype', '=', messageTypes.status)
    .execute()
  const changes = new Map(notes.map(({ group_seq, body }) => [group_seq, changeIn(body)]))
  return groups.map((group) => ({ ...group, change: changes.get(group.seq) }))
}

const letterOf = new Map<string, Status>(Object.entries(statuses).map(([letter, name]) => [name, letter as Status]))

/** `New → Resolved`, as status.ts writes it. */
function changeIn(body: string): { from: string; to: string } | undefined {
  const [from, to] = body.split(' → ').map((name) => letterOf.get(name))
  return from !== undefined && to !== undefined ? { from, to } : undefined
}
