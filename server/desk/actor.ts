// Who asks. Every read and write takes one; what he may see is part of the query.

export type KeyRights = 'full' | 'read' | 'telephony'

export type Actor =
  | {
      /** A program with an API key: sees everything; `read` keys change nothing, `telephony` is let in to calls only. */
      kind: 'key'
      keyId: string
      rights: KeyRights
    }
  | {
      kind: 'agent'
      agentId: string
      /** `O` owner, `D` administrator, `A` agent. */
      role: string
      /** Departments that a plain agent works in; owners and administrators see all. */
      departmentIds: readonly string[]
    }
  /** Deskhand itself: command line, jobs. */
  | { kind: 'system' }

/** The user who stands behind what has no user: notes and changes made by programs. */
export const SYSTEM_USER = 'system00'

export const systemActor: Actor = { kind: 'system' }

/** The departments whose conversations the actor may see; undefined means all. */
export const visibleDepartments = (actor: Actor): readonly string[] | undefined =>
  actor.kind === 'agent' && actor.role === 'A' ? actor.departmentIds : undefined

/** Whether the actor may change how the desk is set up: agents, departments, keys, settings. */
export const mayAdminister = (actor: Actor): boolean =>
  actor.kind === 'system' ||
  (actor.kind === 'key' && actor.rights === 'full') ||
  (actor.kind === 'agent' && actor.role !== 'A')

/** Whether the actor may say what happens on the line, and do with calls what it likes. */
export const mayDriveCalls = (actor: Actor): boolean =>
  mayAdminister(actor) || (actor.kind === 'key' && actor.rights === 'telephony')

export const mayWrite = (actor: Actor): boolean => !(actor.kind === 'key' && actor.rights === 'read')

/** The userid that history shows for what the actor did himself. */
export const userOf = (actor: Actor): string => (actor.kind === 'agent' ? actor.agentId : SYSTEM_USER)
