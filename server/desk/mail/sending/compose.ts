// What a mail says: rendered when it is sent, from what is true then.
import type { Reader } from '../../../db/write.ts'
import type { Conversation } from '../../conversations/conversation.ts'
import type { Message, MessageGroup } from '../../conversations/history.ts'
import { messageTypes } from '../../conversations/letters.ts'
import type { OutboxMail } from '../../outbox/outbox.ts'
import type { MailDesk } from '../mail-desk.ts'
import { ratingToken } from '../rating-links.ts'
import { templateFor } from '../templates/choose.ts'
import { expandSubject, oneLine, valuesOf } from '../templates/expand.ts'
import { agentValues, customerValues, NOBODY, personOf } from '../templates/people.ts'
import { type ComposedMail, renderMail } from '../templates/render.ts'
import { findSignature } from '../templates/signatures.ts'
import { conversationValues, messageValue, ratingValues, readerValues, signatureValue } from '../templates/values.ts'
import { voiceFor } from '../templates/voice.ts'
import { composeAcknowledgement } from './acknowledge.ts'
import { composeAssignment } from './assignment-mails.ts'
import { authorOf, departmentName, lastOfCustomer, requesterOf } from './conversation-facts.ts'
import { composeInvitation } from './invitations.ts'
import { composeNotice } from './notices.ts'
import { composeTranscript } from './transcripts.ts'

export interface AnswerParts {
  conversation: Conversation
  group: MessageGroup
  /** Of the group. */
  messages: readonly Message[]
  /** That it leaves by. */
  mailbox: { address: string }
  /** False: what was written and nothing around it. */
  useTemplate: boolean
  /** What the thread is called in the customer's program: see conversations/answer-subject.ts. */
  subject?: string | undefined
}

/** A mail with what an agent has written to a customer. */
export async function composeAnswer(db: Reader, desk: MailDesk, parts: AnswerParts): Promise<ComposedMail> {
  const { conversation, group } = parts
  const customer = await requesterOf(db, conversation)
  const voice = voiceFor(desk, customer?.language ?? null)
  const subject = parts.subject ?? subjectOfAnswer(conversation, group)
  const message = await messageValue(parts.messages.filter(({ rtype }) => rtype === messageTypes.message))
  if (!parts.useTemplate) return renderMail(voice.words, BARE, valuesOf({ message }), subject)

  const person = customer ? personOf(customer) : NOBODY
  const about = {
    ...readerValues(voice, person),
    ...customerValues(person),
    ...conversationValues(voice, desk.publicUrl(), conversation, await departmentName(db, conversation)),
    ...agentValues(await authorOf(db, group.user_id, voice.company)),
    'mailbox.address': parts.mailbox.address,
  }
  const own = await findSignature(db, { departmentId: conversation.department_id, agentId: group.user_id })
  const template = await templateFor(db, voice, 'answer', conversation.department_id)
  // The program's own words ask only where that is wanted; whoever writes a template of his own says so in it.
  const asks = template !== voice.words.mails.answer || desk.settings().rating_links
  const values = valuesOf({
    ...about,
    ...(asks && ratingValues(voice, desk.publicUrl(), ratingToken(desk.installation.secret, group.seq))),
    message,
    signature: await signatureValue(own, valuesOf(about)),
    quote: template.html.includes('{$quote}') ? await lastOfCustomer(db, voice, conversation) : undefined,
  })
  const isOwnSubject = template.subject.trim() !== ''
  return renderMail(voice.words, template, values, isOwnSubject ? expandSubject(template.subject, values) : subject)
}

const BARE = { subject: '', html: '<div>{$message}</div>' }

/** Mail programs keep a conversation together by its subject, too: it stays what it was. */
function subjectOfAnswer(conversation: Conversation, group: MessageGroup): string {
  const subject = oneLine(conversation.subject) || conversation.code
  const isFirst = conversation.groups_in === 0 && group.created_at === conversation.created_at
  return isFirst || /^re\s*:/i.test(subject) ? subject : `Re: ${subject}`
}

/**
 * A mail of the system itself. Undefined: it is not wanted any more, such as the link to a password that has been changed
 * since; then it must not be sent. Links in it are made now: a mail composed twice holds two.
 */
export async function composeSystemMail(
  db: Reader,
  desk: MailDesk,
  mail: OutboxMail,
): Promise<ComposedMail | undefined> {
  if (mail.kind === 'acknowledgement') return composeAcknowledgement(db, desk, mail)
  if (mail.kind === 'registration' || mail.kind === 'password') return composeInvitation(db, desk, mail)
  if (mail.kind === 'assignment') return composeAssignment(db, desk, mail)
  if (mail.kind === 'transcript') return composeTranscript(db, desk, mail)
  if (mail.kind === 'notice') return composeNotice(db, desk, mail)
  if (mail.kind === 'test') return composeTest(desk)
  throw new Error(`there are no words for a mail of the kind '${mail.kind}'`)
}

function composeTest(desk: MailDesk): Promise<ComposedMail> {
  const voice = voiceFor(desk, null)
  return renderMail(voice.words, voice.words.mails.test, valuesOf(readerValues(voice, NOBODY)))
}
