// The people whom mails name.
import { oneLine } from './expand.ts'

export interface Person {
  firstname: string
  lastname: string
  email: string
}

export const NOBODY: Person = { firstname: '', lastname: '', email: '' }

/** A customer or agent as a person. */
export const personOf = (row: { firstname: string; lastname: string; email: string | null }): Person => ({
  firstname: oneLine(row.firstname),
  lastname: oneLine(row.lastname),
  email: row.email ?? '',
})

export const nameOf = ({ firstname, lastname }: Person): string => `${firstname} ${lastname}`.trim()

// Strangers choose their names, and our name stands below what they chose: a greeting must not become an advertisement.
const LOOKS_LIKE_AN_ADDRESS = /[@/\\:]|\.\p{L}{2,}/u
const LONGEST_NAME = 80

/** The name to greet somebody by; empty: better none. */
export function greetable(person: Person): string {
  const name = nameOf(person)
  return name.length > LONGEST_NAME || LOOKS_LIKE_AN_ADDRESS.test(name) ? '' : name
}

export const customerValues = (person: Person) => ({
  'customer.firstname': person.firstname,
  'customer.lastname': person.lastname,
  'customer.name': nameOf(person) || person.email,
  'customer.email': person.email,
})

export const agentValues = (person: Person) => ({
  'agent.firstname': person.firstname,
  'agent.lastname': person.lastname,
  'agent.name': nameOf(person) || person.email,
  'agent.email': person.email,
})
