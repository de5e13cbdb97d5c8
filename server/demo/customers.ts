// Who writes to the demonstration desk.
import { companies, firstNames, lastNames, mailDomains } from './people.ts'
import type { PlannedCustomer } from './plan.ts'
import { randomFrom } from './random.ts'

// Numbers run through every pair of names before one comes again; multiplied by a prime, neighbours do not look alike.
const PAIRS = firstNames.length * lastNames.length
const STRIDE = 1_009

/** A customer by number: the same for the same seed, whenever he is asked for. */
export function planCustomer(seed: number, number: number): PlannedCustomer {
  const random = randomFrom(seed ^ Math.imul(number + 1, 0x9e3779b1))
  const pair = (number * STRIDE) % PAIRS
  const firstname = firstNames[pair % firstNames.length] ?? ''
  const lastname = lastNames[Math.floor(pair / firstNames.length)] ?? ''
  const round = Math.floor(number / PAIRS)
  const company = random.chance(0.12) ? random.int(companies.length) : null
  const domain = company === null ? random.pick(mailDomains) : companies[company]?.domain
  return {
    number,
    email: `${ascii(firstname)}.${ascii(lastname)}${round === 0 ? '' : round + 1}@${domain}`,
    firstname,
    lastname,
    gender: random.chance(0.3) ? random.pick(['F', 'M', 'O']) : null,
    language: random.chance(0.3) ? random.pick(['en', 'de', 'fr', 'es']) : null,
    phones: random.chance(0.75) ? [phoneOf(seed, number)] : [],
    company,
    groups: [
      ...(company === null ? [] : ['Business']),
      ...(random.chance(0.04) ? ['VIP'] : []),
      ...(random.chance(0.1) ? ['Newsletter'] : []),
    ],
  }
}

/** Nobody else's, so that callers are known by it. */
function phoneOf(seed: number, number: number): string {
  const digits = String((number * 7_919 + seed * 104_729) % 10_000_000).padStart(7, '0')
  return `+44 20 7${digits.slice(0, 3)} ${digits.slice(3)}`
}

export const ascii = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[^a-zA-Z]/g, '')
    .toLowerCase()
