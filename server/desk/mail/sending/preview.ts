// Shows a mail before it is sent: with people made up for it, or about a real conversation. Nothing is stored.
import type { Reader } from '../../../db/write.ts'
import type { Actor } from '../../actor.ts'
import { getConversation } from '../../conversations/conversation.ts'
import { messageTypes } from '../../conversations/letters.ts'
import type { MailDesk } from '../mail-desk.ts'
import { templateFor } from '../templates/choose.ts'
import { valuesOf } from '../templates/expand.ts'
import { agentValues, customerValues, NOBODY, type Person, personOf } from '../templates/people.ts'
import { type ComposedMail, type MailText, renderMail } from '../templates/render.ts'
import { findSignature } from '../templates/signatures.ts'
import { ALL, assertMayWordMails, assertWords } from '../templates/templates.ts'
import {
  conversationValues,
  messageValue,
  problemsValue,
  quoteValue,
  ratingValues,
  readerValues,
  signatureValue,
} from '../templates/values.ts'
import { templateKinds, variablesOf, type WordedKind } from '../templates/variables.ts'
import { dateText, type Voice, voiceFor } from '../templates/voice.ts'
import { authorOf, departmentName, lastOfCustomer, requesterOf } from './conversation-facts.ts'
import { transcriptValue } from './transcripts.ts'

export interface PreviewWish {
  kind: WordedKind
  department?: string | undefined
  /** The reader's. */
  language?: string | undefined
  /** A real one. */
  conversation?: string | undefined
}

export interface MailPreview extends ComposedMail {
  language: string
  variables: string[]
}

/** `draft` is sanitised; without one, what would be used now is shown. */
export async function previewMail(
  db: Reader,
  desk: MailDesk,
  actor: Actor,
  wish: PreviewWish,
  draft?: MailText,
): Promise<MailPreview> {
  assertMayWordMails(actor)
  const scene = await sceneOf(db, desk, actor, wish)
  const { voice } = scene
  const kind = templateKinds.find((one) => one === wish.kind)
  if (draft && kind) assertWords({ kind, ...draft })
  const template =
    draft ?? (kind ? await templateFor(db, voice, kind, scene.departmentId) : voice.words.mails[wish.kind])
  const reader = wish.kind === 'assignment' || wish.kind === 'notice' ? scene.agent : scene.customer
  const about = {
    ...readerValues(voice, reader),
    ...customerValues(scene.customer),
    ...agentValues(scene.agent),
    ...scene.values,
  }
  const own = await findSignature(db, { departmentId: scene.departmentId, agentId: scene.agentId })
  const asks = template !== voice.words.mails.answer || desk.settings().rating_links
  const values = valuesOf({
    ...about,
    signature: await signatureValue(own, valuesOf(about)),
    // Nobody can rate with it: what is shown may be about a real conversation.
    ...(asks && ratingValues(voice, desk.publicUrl(), 'example')),
    link: `${desk.publicUrl()}/password?token=…`,
    'link.until': dateText(voice, Date.now() + 3_600_000),
    transcript: await transcriptValue(voice, [
      { ...MESSAGE, rtype: messageTypes.message, created_at: Date.now(), agent: 'Ada Agent' },
    ]),
    problems: problemsValue([
      'Support <support@example.com>: the server does not answer',
      'Mail 17 to carla@example.com',
    ]),
  })
  const subject = template.subject.trim() === '' ? `Re: ${scene.values['conversation.subject']}` : undefined
  const mail = await renderMail(voice.words, template, values, subject)
  return { ...mail, language: voice.words.language, variables: variablesOf(wish.kind) }
}

const MESSAGE = { body: 'Please pull the plug.\n\nDoes it still burn?', is_html: 0 }

/** Who and what the shown mail is about. */
async function sceneOf(db: Reader, desk: MailDesk, actor: Actor, wish: PreviewWish) {
  if (wish.conversation !== undefined) return realScene(db, desk, actor, wish, wish.conversation)
  const voice = voiceFor(desk, wish.language ?? null)
  const made = {
    code: 'ABC-DEFGH-123',
    public_code: 'x'.repeat(16),
    subject: 'The printer burns',
    created_at: Date.now(),
  }
  return {
    voice,
    customer: { firstname: 'Carla', lastname: 'Client', email: 'carla@example.com' } satisfies Person,
    agent: { firstname: 'Ada', lastname: 'Agent', email: 'ada@example.com' } satisfies Person,
    agentId: '',
    departmentId: wish.department ?? ALL,
    values: {
      ...conversationValues(voice, desk.publicUrl(), made, wish.department ?? 'Support'),
      'mailbox.address': 'support@example.com',
      message: await messageValue([MESSAGE]),
      quote: quoteValue('Carla Client:', 'My printer burns. What now?'),
    },
  }
}

async function realScene(db: Reader, desk: MailDesk, actor: Actor, wish: PreviewWish, identifier: string) {
  const conversation = await getConversation(db, actor, identifier)
  const requester = await requesterOf(db, conversation)
  const voice: Voice = voiceFor(desk, wish.language ?? requester?.language ?? null)
  const agentId = conversation.agent_id ?? (actor.kind === 'agent' ? actor.agentId : '')
  return {
    voice,
    customer: requester ? personOf(requester) : NOBODY,
    agent: await authorOf(db, agentId, voice.company),
    agentId,
    departmentId: wish.department ?? conversation.department_id,
    values: {
      ...conversationValues(voice, desk.publicUrl(), conversation, await departmentName(db, conversation)),
      'mailbox.address': 'support@example.com',
      message: await messageValue([MESSAGE]),
      quote: await lastOfCustomer(db, voice, conversation),
    },
  }
}
