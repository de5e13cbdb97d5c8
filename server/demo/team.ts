// Who works at the demonstration desk: the more is written to it, the more people answer.
import { agents, type Colleague, departments, firstNames, lastNames } from './people.ts'

/** What eight people can do in a year, with chats and calls. */
const ALONE = 100_000
const FOR_EACH = 100_000
const MOST = 200

export type Team = readonly [Colleague, ...Colleague[]]

/** The fewest and the most that can be asked for. */
export const TEAM_SIZES = { min: agents.length, max: MOST } as const

/** The team of a history of so many conversations, or of that size; a larger one begins with the smaller. */
export function teamFor(conversations: number, size?: number): Team {
  const wanted = size === undefined ? Math.ceil((conversations - ALONE) / FOR_EACH) : size - agents.length
  const more = Math.min(MOST - agents.length, Math.max(0, wanted))
  return [...agents, ...Array.from({ length: more }, (_, number) => colleague(number))]
}

/** Somebody who joined as the desk grew. */
function colleague(number: number): Colleague {
  const first = number % departments.length
  const second = (first + 1) % departments.length
  const takesTwo = number % 3 === 0
  return {
    firstname: firstNames[(number * 7 + 5) % firstNames.length] ?? '',
    lastname: lastNames[(number * 13 + 2) % lastNames.length] ?? '',
    role: 'A',
    gender: number % 2 === 0 ? 'F' : 'M',
    departments: takesTwo ? [first, second] : [first],
    takes: takesTwo ? ['MPT', 'MT'] : ['MPT'],
  }
}
