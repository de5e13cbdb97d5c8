// What the demonstration desk promises, as an administrator would have set it up: a level for good customers, and one for
// whoever has trouble with an order or a machine.
import type { Tx } from '../db/write.ts'
import { systemActor } from '../desk/actor.ts'
import type { Department } from '../desk/departments/departments.ts'
import { addLevel, type LevelDraft, listLevels } from '../desk/sla/levels.ts'
import { addRule, type Conditions, listRules } from '../desk/sla/rules.ts'
import type { Promises } from './clocks.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
/** Behind the rules that a desk has of its own. */
const POSITION = 1_000

const daily = (days: readonly number[], from: string, to: string) => days.map((day) => ({ day, from, to }))
const HOLIDAYS = ['01-01', '05-01', '12-25', '12-26']

interface Promised {
  level: LevelDraft
  conditions: Conditions
}

function promised(
  zone: string,
  departments: readonly Department[],
  groupIds: ReadonlyMap<string, string>,
): readonly Promised[] {
  const idsOf = (...names: string[]): string[] => names.flatMap((name) => groupIds.get(name) ?? [])
  const named = (...names: string[]): string[] =>
    departments.filter(({ name }) => names.includes(name)).map(({ id }) => id)
  return [
    {
      level: {
        name: 'Premium',
        hours: {
          zone,
          week: [...daily([1, 2, 3, 4, 5], '07:00', '20:00'), ...daily([6], '09:00', '15:00')],
          holidays: HOLIDAYS,
        },
        targets: {
          tickets: { first: 4 * HOUR, next: 6 * HOUR },
          chats: { first: 45 },
          calls: { first: 20 },
        },
        warn_before: 30 * MINUTE,
      },
      conditions: { groups: idsOf('VIP', 'Business'), departments: departments.map(({ id }) => id) },
    },
    {
      level: {
        name: 'Standard',
        hours: { zone, week: daily([1, 2, 3, 4, 5], '08:00', '18:00'), holidays: HOLIDAYS },
        targets: {
          tickets: { first: 8 * HOUR, next: 12 * HOUR },
          chats: { first: 2 * MINUTE },
          calls: { first: MINUTE },
        },
        warn_before: HOUR,
      },
      conditions: { departments: named('Orders', 'Technical support') },
    },
  ]
}

/** Makes levels that are not there yet, with their rules. Gives what the desk promises then, also by rules of its own. */
export async function makePromises(
  tx: Tx,
  zone: string,
  departments: readonly Department[],
  groupIds: ReadonlyMap<string, string>,
): Promise<Promises> {
  const known = await listLevels(tx, systemActor)
  for (const [place, { level, conditions }] of promised(zone, departments, groupIds).entries()) {
    if (known.some(({ name }) => name === level.name)) continue
    const { id } = await addLevel(tx, systemActor, level)
    await addRule(tx, systemActor, { level_id: id, conditions, position: POSITION + place })
  }
  return { levels: await listLevels(tx, systemActor), rules: await listRules(tx, systemActor) }
}
