// Facts: what happened, written in the transaction in which it happened. Reports count facts and nothing else.
// What each kind means is docs/reports.md; a change here changes a published definition.
import { insertRows } from '../../db/prepared.ts'
import type { Tx } from '../../db/write.ts'

export type FactKind =
  /** A conversation was created; agent: the agent who did, if one did. */
  | 'created'
  /** A customer's message outside chats and calls. */
  | 'message_in'
  /** A public answer by an agent. `_new` and `_next` say what it answered, and carry the seconds that the customer waited. */
  | 'answer'
  | 'answer_new'
  | 'answer_next'
  /** An internal note. */
  | 'note'
  /** The conversation became resolved; agent: who resolved it. */
  | 'resolved'
  /** First assignment to an agent, and first resolution; seconds since creation. */
  | 'first_assigned'
  | 'first_resolved'
  /** A chat came; agent: nobody. */
  | 'chat_started'
  /** An agent was asked to take it, and did not. */
  | 'chat_offer_missed'
  /** An agent took it; seconds since it came. Once a chat. */
  | 'chat_accepted'
  /** The first message of an agent in it. */
  | 'chat_answered'
  /** Each message of an agent in it. */
  | 'chat_answer'
  /** It ended; agent: who had it last, if anybody had. */
  | 'chat_ended'
  /** It ended without any message of an agent. */
  | 'chat_unanswered'
  /** It ended after it was accepted; seconds since then. */
  | 'chat_talked'
  /** The same life of incoming calls. `call_answered`: seconds since it came. */
  | 'call_started'
  | 'call_offer_missed'
  | 'call_answered'
  /** It ended after an answer; seconds of talk. */
  | 'call_ended'
  /** It ended unanswered though somebody was online for calls when it came. */
  | 'call_unanswered'
  /** It came while nobody was online for calls. */
  | 'call_offline'
  /** An answered outgoing or internal call ended; seconds of talk. */
  | 'call_out'
  | 'call_internal'
  /** A customer rated what an agent did. */
  | 'rated_good'
  | 'rated_bad'
  /** He took it back or changed it: at the time of the rating, so that no range counts one without the other. */
  | 'rated_good_undone'
  | 'rated_bad_undone'

export interface FactDraft {
  kind: FactKind
  /** When it happened, which for imported mail is not now. */
  at: number
  conversation: { id: string; department_id: string; channel: string }
  agentId?: string | null
  /** Milliseconds until `at`; stored as whole seconds. */
  took?: number
  /** The same in milliseconds of the business time of the SLA level; undefined: there is no level. */
  slaTook?: number | undefined
}

export async function recordFacts(tx: Tx, drafts: readonly FactDraft[]): Promise<void> {
  if (drafts.length === 0) return
  await insertRows(tx, 'facts', drafts.map(factRow))
}

/** The stored form. */
export const factRow = (draft: FactDraft) => ({
  kind: draft.kind,
  at: draft.at,
  conversation_id: draft.conversation.id,
  department_id: draft.conversation.department_id,
  channel: draft.conversation.channel,
  agent_id: draft.agentId ?? null,
  seconds: draft.took === undefined ? null : secondsBetween(draft.at - draft.took, draft.at),
  sla_seconds: draft.slaTook === undefined ? null : Math.floor(draft.slaTook / 1000),
})

// Between the seconds that dates show, so that whoever subtracts the dates of two messages gets the same. A clock that
// was set back must not make a duration negative.
const secondsBetween = (from: number, to: number): number =>
  Math.max(0, Math.floor(to / 1000) - Math.floor(from / 1000))
