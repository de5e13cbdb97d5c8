// What servers made of a mail that a mailbox sent to itself: whether it would find its conversation, by the decision that
// accepting takes, and what of it was changed on the way.
import { bareMessageId } from '../../conversations/thread-ids.ts'
import { leadsOf } from '../accepting/leads.ts'
import { threadOf } from '../accepting/thread.ts'
import type { Envelope } from '../intake/keep-raw.ts'
import type { ReadMail } from '../reading/mail.ts'
import type { Probe } from './probe.ts'

export interface Judgement {
  isThreaded: boolean
  /** Why it belongs where it does, in accepting's words. */
  reason: string
  /** What is not as it was sent, one sentence each. */
  changes: string[]
}

/** `serverMessageId`: the Message-ID that the sending server said it gives the mail: that one is known to be ours. */
export function judge(
  secret: string,
  probe: Probe,
  read: ReadMail,
  envelope: Envelope,
  serverMessageId: string | undefined,
): Judgement {
  const thread = threadOf({
    leads: leadsOf(read, envelope, secret),
    ownId: read.messageId === undefined ? undefined : bareMessageId(read.messageId),
    isListMail: read.kind === 'list',
    isForged: false,
    known: [],
    places: new Map([
      [probe.conversationId, { id: probe.conversationId, status: 'A', standing: 'requester', isWrittenTo: true }],
    ]),
    codes: new Map(),
  })
  return {
    isThreaded: thread.conversationId === probe.conversationId,
    reason: thread.reason,
    changes: changesOf(probe, read, serverMessageId),
  }
}

function changesOf(probe: Probe, read: ReadMail, serverMessageId: string | undefined): string[] {
  const changes: string[] = []
  if (read.messageId === undefined) changes.push('Its Message-ID was taken away.')
  else if (read.messageId !== probe.messageId && read.messageId !== serverMessageId)
    changes.push(`Its Message-ID was replaced by ${read.messageId}.`)
  if (probe.way === 'headers') {
    const [answered] = probe.references.slice(-1)
    if (!read.inReplyTo.includes(answered ?? '')) changes.push('Its In-Reply-To was taken away or changed.')
    if (!probe.references.every((id) => read.references.includes(id)))
      changes.push('Its References were taken away or changed.')
  }
  return changes
}
