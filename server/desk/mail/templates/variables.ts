// Which variables a mail of each kind may name: `{$customer.firstname}` and the like.
import type { OutboxKind } from '../../outbox/outbox.ts'

/** Every kind of mail that has words. */
export const wordedKinds = [
  'answer',
  'acknowledgement',
  'registration',
  'password',
  'assignment',
  'transcript',
  'test',
  'notice',
] as const satisfies readonly OutboxKind[]
export type WordedKind = (typeof wordedKinds)[number]

/** Those that administrators may word themselves. The others are about the machinery. */
export const templateKinds = [
  'answer',
  'acknowledgement',
  'registration',
  'password',
  'assignment',
  'transcript',
] as const
export type TemplateKind = (typeof templateKinds)[number]

/**
 * What a value is: `text` is escaped; an `address` is one of our own URLs and the only thing that may stand in an href;
 * `markup` was made or sanitised by us, and stands between tags.
 */
export type ValueKind = 'text' | 'address' | 'markup'

const everywhere = {
  company: 'text',
  date: 'text',
  greeting: 'text',
  'recipient.firstname': 'text',
  'recipient.lastname': 'text',
  'recipient.name': 'text',
  'recipient.email': 'text',
} as const satisfies Record<string, ValueKind>

const customer = {
  'customer.firstname': 'text',
  'customer.lastname': 'text',
  'customer.name': 'text',
  'customer.email': 'text',
} as const satisfies Record<string, ValueKind>

const agent = {
  'agent.firstname': 'text',
  'agent.lastname': 'text',
  'agent.name': 'text',
  'agent.email': 'text',
} as const satisfies Record<string, ValueKind>

const conversation = {
  'conversation.code': 'text',
  'conversation.subject': 'text',
  'conversation.date': 'text',
  'conversation.url': 'address',
  'department.name': 'text',
  'mailbox.address': 'text',
} as const satisfies Record<string, ValueKind>

const rating = {
  /** Where the answer can be rated. */
  'rating.good': 'address',
  'rating.bad': 'address',
  /** The question with both links. */
  rating: 'markup',
} as const satisfies Record<string, ValueKind>

const link = { link: 'address', 'link.until': 'text' } as const satisfies Record<string, ValueKind>

const all = {
  ...everywhere,
  ...customer,
  ...agent,
  ...conversation,
  ...link,
  ...rating,
  message: 'markup',
  signature: 'markup',
  quote: 'markup',
  transcript: 'markup',
  problems: 'markup',
} as const satisfies Record<string, ValueKind>
export type VariableName = keyof typeof all

const namesOf = (...groups: Partial<Record<VariableName, ValueKind>>[]): ReadonlySet<string> =>
  new Set(groups.flatMap((group) => Object.keys(group)))

// An acknowledgement repeats nothing of the mail that it answers: whoever forges a sender could have us deliver his text.
const namesByPlace: Record<WordedKind | 'signature', ReadonlySet<string>> = {
  answer: namesOf(everywhere, customer, agent, conversation, rating, {
    message: 'markup',
    signature: 'markup',
    quote: 'markup',
  }),
  acknowledgement: namesOf(everywhere, customer, conversation, { signature: 'markup' }),
  registration: namesOf(everywhere, customer, link),
  password: namesOf(everywhere, link),
  assignment: namesOf(everywhere, customer, agent, conversation, { quote: 'markup' }),
  // Nor does a transcript say more of its reader than his address: nobody has verified that it is his. The address of the
  // conversation would open it.
  transcript: namesOf(everywhere, {
    'conversation.code': 'text',
    'conversation.date': 'text',
    'department.name': 'text',
    transcript: 'markup',
  }),
  test: namesOf(everywhere),
  notice: namesOf(everywhere, { problems: 'markup' }),
  signature: namesOf(agent, { company: 'text', 'department.name': 'text' }),
}

/** Where variables stand: a kind of mail, or a signature. */
export type TemplatePlace = WordedKind | 'signature'

/** The variables of a place, sorted. */
export const variablesOf = (place: TemplatePlace): string[] => [...namesByPlace[place]].sort()

export const isVariableOf = (place: TemplatePlace, name: string): name is VariableName => namesByPlace[place].has(name)

export const valueKindOf = (name: VariableName): ValueKind => all[name]
