// Which conversation a mail belongs to. Pure: everything that it claims has been looked up before (look-up.ts).
//
// A claim is believed as far as it costs nothing to believe it: docs/adr/0007-mail-threading.md.
import type { Leads } from './leads.ts'

/** A conversation that a mail may mean; of a merged one, the one that it was merged into. */
export interface Place {
  id: string
  status: string
  /** As what the sender takes part; undefined: he does not, or only as a guest. */
  standing: Standing | undefined
  /** Its requester is among the mail's recipients. */
  isWrittenTo: boolean
}

/** In copy is whomever the requester put there, without being asked: that alone must not draw his mails into it. */
export type Standing = 'requester' | 'author' | 'copy'

export interface KnownId {
  messageId: string
  /** Id of a place. */
  conversationId: string
  /** See ThreadIdOrigin. */
  origin: string
}

export interface ThreadQuestion {
  leads: Leads
  /** The mail's own Message-ID, bare. */
  ownId: string | undefined
  /** The mail itself came through a list. */
  isListMail: boolean
  /** Its domain says that it did not write this: what From says proves nothing then. */
  isForged: boolean
  known: readonly KnownId[]
  /** By every conversation id that a lead names, the merged ones included. */
  places: ReadonlyMap<string, Place>
  /** Conversation ids by code. */
  codes: ReadonlyMap<string, string>
}

export type Thread =
  | { conversationId: string; isGuest: boolean; reason: string }
  /** A new conversation, linked to those that the mail claims to belong to. */
  | { conversationId: undefined; linkTo: string[]; reason: string }

type Step = (question: ThreadQuestion) => Thread | undefined

/** The conversation of a mail, and why. The first step that finds something decides. */
export function threadOf(question: ThreadQuestion): Thread {
  for (const step of [bySignature, byKnownIds, byOwnId, byCode]) {
    const thread = step(question)
    if (thread) return thread
  }
  return { conversationId: undefined, linkTo: [], reason: 'It answers nothing that this desk knows.' }
}

const bySignature: Step = (question) => {
  for (const { conversationId, messageId, where } of question.leads.signed) {
    // Where the message is now: it may have been moved to another conversation after it was sent.
    const moved = question.known.find((known) => known.messageId === messageId && known.origin === 'sent')
    const place = question.places.get(moved?.conversationId ?? conversationId)
    if (!place) continue
    if (isGone(place)) return newBeside([place], goneReason(place))
    return join(question, place, `Our own signature stands in ${where}.`)
  }
  return undefined
}

const byKnownIds: Step = (question) => {
  for (const id of question.leads.answered) {
    const thread = byKnownId(question, id)
    if (thread) return thread
  }
  return undefined
}

function byKnownId(question: ThreadQuestion, id: string): Thread | undefined {
  const known = question.known.filter(({ messageId }) => messageId === id)
  const seen = placesOf(
    question,
    known.filter(({ origin }) => origin !== 'named'),
  )
  const mine = ownOf(question, seen) ?? ownOf(question, placesOf(question, known), ['requester', 'author'])
  if (mine && isGone(mine)) return newBeside([mine], goneReason(mine))
  if (mine) return join(question, mine, 'It answers a mail of this conversation, and its sender takes part in it.')
  const [place, another] = seen
  if (place && another)
    return newBeside([place], 'It answers a mail of several conversations, and its sender takes part in none of them.')
  if (place) return asStranger(question, place, known)
  return writtenTo(question, placesOf(question, known))
}

const ALL: readonly Standing[] = ['requester', 'author', 'copy']

/**
 * The place in which the sender takes part most. Of equals, the first that was known: whoever claims a known Message-ID
 * for a mail of his own comes later.
 */
function ownOf(question: ThreadQuestion, places: readonly Place[], standings = ALL): Place | undefined {
  if (question.isForged) return undefined
  const sorted = [places.filter((place) => !isGone(place)), places.filter(isGone)].flat()
  for (const standing of standings) {
    const found = sorted.find((place) => place.standing === standing)
    if (found) return found
  }
  return undefined
}

function writtenTo(question: ThreadQuestion, places: readonly Place[]): Thread | undefined {
  const place = places.find(({ isWrittenTo }) => isWrittenTo)
  if (!place || isGone(place) || isClosed(place)) return undefined
  return join(question, place, 'It belongs to the same mails as this conversation, and its requester gets it, too.')
}

/** Of somebody who does not take part, by an id that he may have from anywhere. */
function asStranger(question: ThreadQuestion, place: Place, known: readonly KnownId[]): Thread {
  if (isGone(place)) return newBeside([place], goneReason(place))
  if (known.some(({ origin }) => origin === 'mass') && !question.isListMail)
    return newBeside(
      [place],
      'It answers a mail that went to many, and its sender does not take part in that conversation.',
    )
  // Anybody could open it again otherwise, with a Message-ID that he saw somewhere.
  if (isClosed(place))
    return newBeside(
      [place],
      'It answers a mail of a conversation that is closed, and its sender does not take part in it.',
    )
  return join(question, place, 'It answers a mail of this conversation.')
}

/** A later mail came first and named this one. */
const byOwnId: Step = (question) => {
  const known = question.known.filter(({ messageId }) => messageId === question.ownId)
  const places = placesOf(question, known).filter((place) => !isGone(place))
  const mine = ownOf(question, places, ['requester', 'author'])
  if (mine) return join(question, mine, 'A mail of this conversation, which came before it, answers it.')
  const named = known.filter(({ origin }) => origin === 'named')
  return writtenTo(question, placesOf(question, named))
}

const byCode: Step = (question) => {
  const places = question.leads.codes.flatMap((code) => placeAt(question, question.codes.get(code)))
  const mine = places.find((place) => isPart(question, place))
  if (mine && isGone(mine)) return newBeside([mine], goneReason(mine))
  if (mine)
    return join(question, mine, "The conversation's code stands in the subject, and the sender takes part in it.")
  if (places.length === 0) return undefined
  return newBeside(
    places.slice(0, 1),
    question.isForged
      ? "A conversation's code stands in the subject, but the sender's domain says that it did not write this."
      : "A conversation's code stands in the subject, but the sender does not take part in that conversation.",
  )
}

const join = (question: ThreadQuestion, place: Place, reason: string): Thread => ({
  conversationId: place.id,
  isGuest: !isPart(question, place),
  reason: isPart(question, place) ? reason : `${reason} The sender does not take part in it: answers do not go to him.`,
})

const newBeside = (places: readonly Place[], reason: string): Thread => ({
  conversationId: undefined,
  linkTo: places.map(({ id }) => id),
  reason,
})

const isPart = ({ isForged }: ThreadQuestion, place: Place): boolean => place.standing !== undefined && !isForged

const isGone = ({ status }: Place): boolean => status === 'X' || status === 'B'
const isClosed = ({ status }: Place): boolean => status === 'R' || status === 'L'
const goneReason = ({ status }: Place): string =>
  status === 'X'
    ? 'The conversation that it belongs to was deleted.'
    : 'The conversation that it belongs to is marked as spam.'

function placesOf(question: ThreadQuestion, known: readonly KnownId[]): Place[] {
  return [...new Set(known.flatMap(({ conversationId }) => placeAt(question, conversationId)))]
}

function placeAt({ places }: ThreadQuestion, id: string | undefined): Place[] {
  const place = id === undefined ? undefined : places.get(id)
  return place ? [place] : []
}
