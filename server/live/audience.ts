// Who may hear of what. A list of what is told, not of what is kept back: an event that does not stand here goes to nobody.
import { type Actor, mayAdminister, visibleDepartments } from '../desk/actor.ts'

/**
 * `everybody`: every agent and every key. `administrators`: who may change how the desk is set up. `conversation`: who may
 * see the conversation now. `both`: these, and who sees the department that it came `from`. `parties`: these, and the agents
 * whom a call is about, wherever its conversation is: it rings at them. `nobody`: only for the program.
 */
type Audience = 'everybody' | 'administrators' | 'conversation' | 'both' | 'parties' | 'nobody'

const events: Readonly<Record<Audience, readonly string[]>> = {
  everybody: [
    'agent.added',
    'agent.changed',
    'agent.removed',
    'department.added',
    'department.changed',
    'department.removed',
    'presence.changed',
    'customer.added',
    'customer.changed',
    'customer.removed',
    'customer.invited',
    'group.added',
    'group.changed',
    'group.removed',
    'group.joined',
    'group.left',
    'company.added',
    'company.changed',
    'company.removed',
    'tag.added',
    'tag.changed',
    'tag.removed',
    'field.added',
    'field.changed',
    'field.removed',
    'knowledgebase.added',
    'knowledgebase.changed',
    'knowledgebase.removed',
    'kbentry.added',
    'kbentry.changed',
    'kbentry.moved',
    'kbentry.removed',
  ],
  administrators: [
    'settings.changed',
    'apikey.added',
    'apikey.changed',
    'apikey.revoked',
    'mailbox.changed',
    'mailbox.failed',
    'mailbox.recovered',
    'mail.accepted',
    'mail.held',
    'mailrule.added',
    'mailrule.changed',
    'mailrule.removed',
    'mailtemplate.added',
    'mailtemplate.changed',
    'mailtemplate.removed',
    'signature.changed',
    'slalevel.added',
    'slalevel.changed',
    'slalevel.removed',
    'slarule.added',
    'slarule.changed',
    'slarule.removed',
    'demo.loaded',
  ],
  conversation: [
    'conversation.opened',
    'conversation.changed',
    'conversation.released',
    'conversation.tagged',
    'conversation.untagged',
    'conversation.merged',
    'conversation.split',
    'messages.moved',
    'move.undone',
    'message.posted',
    'note.posted',
    'attachment.removed',
    'mail.queued',
    'mail.sent',
    'mail.delayed',
    'mail.failed',
    'mail.bounced',
    'mail.unconfirmed',
    'mail.cancelled',
    'sla.warned',
    'sla.breached',
    'chat.started',
    'chat.queued',
    'chat.offered',
    'chat.offer.ended',
    'chat.accepted',
    'chat.message',
    'chat.typing',
    'chat.ended',
    'call.started',
    'call.queued',
    'call.recorded',
    'call.offline',
    'rating.given',
    'rating.changed',
    'rating.removed',
  ],
  both: ['conversation.transferred', 'chat.transferred', 'call.transferred'],
  parties: ['call.ringing', 'call.offer.ended', 'call.answered', 'call.ended'],
  nobody: ['session.ended'],
}

const audiences = new Map<string, Audience>()
for (const audience of ['everybody', 'administrators', 'conversation', 'both', 'parties', 'nobody'] as const)
  for (const type of events[audience]) audiences.set(type, audience)

/** Undefined: nobody has decided, so nobody is told. */
export const audienceOf = (type: string): Audience | undefined => audiences.get(type)

/** What somebody may see, made from who he is, for questions by the thousand. */
export interface Sight {
  isAdministrator: boolean
  /** Undefined: all departments. */
  departments: ReadonlySet<string> | undefined
  /** Undefined: it is no agent. */
  agentId: string | undefined
  /** It hears of calls and of nothing else. */
  isForCalls: boolean
}

export function sightOf(actor: Actor): Sight {
  const departments = visibleDepartments(actor)
  return {
    isAdministrator: mayAdminister(actor),
    departments: departments && new Set(departments),
    agentId: actor.kind === 'agent' ? actor.agentId : undefined,
    isForCalls: actor.kind === 'key' && actor.rights === 'telephony',
  }
}

/** To whom an event goes: worked out once, asked for each listener. */
export type Recipients =
  | 'everybody'
  | 'administrators'
  | 'nobody'
  | { departments: readonly string[]; agents: readonly string[]; isCall: boolean }

/** What an event says of whom it concerns: where its conversation came from, and the agents whom it is about. */
export interface Concerned {
  from?: string | undefined
  agents?: readonly string[] | undefined
}

/** `department` is where the conversation is now, if the event is about one. */
export function recipientsOf(
  type: string,
  department: string | undefined,
  { from, agents = [] }: Concerned = {},
): Recipients {
  const audience = audiences.get(type) ?? 'nobody'
  if (audience === 'everybody' || audience === 'administrators' || audience === 'nobody') return audience
  // Mails of no conversation, such as those to agents, are troubles of the desk itself.
  if (department === undefined) return type.startsWith('mail.') ? 'administrators' : 'nobody'
  return {
    departments: audience === 'both' && from !== undefined ? [department, from] : [department],
    agents: audience === 'parties' ? agents : [],
    isCall: type.startsWith('call.'),
  }
}

export function mayHear({ isAdministrator, departments, agentId, isForCalls }: Sight, recipients: Recipients): boolean {
  if (isForCalls && !(typeof recipients === 'object' && recipients.isCall)) return false
  if (recipients === 'everybody') return true
  if (recipients === 'nobody') return false
  if (recipients === 'administrators') return isAdministrator
  if (departments === undefined || recipients.departments.some((id) => departments.has(id))) return true
  return agentId !== undefined && recipients.agents.includes(agentId)
}
