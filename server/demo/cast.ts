// The people and things that the demonstration history needs, made as anybody would make them; what is there already is
// taken as it is.
import type { Tx } from '../db/write.ts'
import { systemActor } from '../desk/actor.ts'
import { type Agent, addAgent, findAgent } from '../desk/agents/agents.ts'
import { listPresets, type Preset, setPresets } from '../desk/agents/presets.ts'
import { addCompany } from '../desk/companies/companies.ts'
import { addGroup, findGroupByName } from '../desk/customers/groups.ts'
import { addDepartment, type Department, listDepartments } from '../desk/departments/departments.ts'
import { getSettings } from '../desk/settings/settings.ts'
import { addTag, findTagByName, type Tag } from '../desk/tags/tags.ts'
import type { Promises } from './clocks.ts'
import { ascii } from './customers.ts'
import { companies, departments, groups, tags } from './people.ts'
import { makePromises } from './promises.ts'
import type { Team } from './team.ts'

/** What the numbers of a plan mean on this desk. */
export interface Cast {
  departments: readonly Department[]
  agents: readonly Agent[]
  /** What each agent takes while he is online. */
  presets: readonly (readonly Preset[])[]
  tags: readonly Pick<Tag, 'id' | 'name'>[]
  companyIds: readonly string[]
  /** By name. */
  groupIds: ReadonlyMap<string, string>
  promises: Promises
}

const DOMAIN = 'brewfield.example'

export const emailOf = ({ firstname, lastname }: { firstname: string; lastname: string }): string =>
  `${ascii(firstname)}.${ascii(lastname)}@${DOMAIN}`

/** `passwordHash` is for agents who are new. */
export async function makeCast(tx: Tx, team: Team, passwordHash: string | null): Promise<Cast> {
  const { timezone } = await getSettings(tx)
  const ofDepartments = await makeDepartments(tx)
  const groupIds = await makeGroups(tx)
  const ofTeam = await makeAgents(tx, team, ofDepartments, passwordHash)
  return {
    departments: ofDepartments,
    agents: ofTeam,
    presets: await Promise.all(ofTeam.map(({ id }) => listPresets(tx, id))),
    tags: await makeTags(tx),
    companyIds: await makeCompanies(tx),
    groupIds,
    promises: await makePromises(tx, timezone, ofDepartments, groupIds),
  }
}

async function makeDepartments(tx: Tx): Promise<Department[]> {
  const known = await listDepartments(tx)
  const made: Department[] = []
  for (const draft of departments)
    made.push(known.find(({ name }) => name === draft.name) ?? (await addDepartment(tx, systemActor, draft)))
  return made
}

async function makeAgents(
  tx: Tx,
  team: Team,
  ofDepartments: readonly Department[],
  passwordHash: string | null,
): Promise<Agent[]> {
  const made: Agent[] = []
  for (const { firstname, lastname, role, gender, departments: numbers, takes } of team) {
    const email = emailOf({ firstname, lastname })
    const known = await findAgent(tx, email)
    const departmentIds = numbers.map((number) => ofDepartments[number]?.id ?? '')
    const draft = { email, firstname, lastname, role, gender, passwordHash, departmentIds }
    const agent = known ?? (await addAgent(tx, systemActor, draft))
    const presets = departmentIds.map((departmentId, place) => ({ departmentId, services: takes[place] ?? '' }))
    if (!known) await setPresets(tx, systemActor, agent.id, presets)
    made.push(agent)
  }
  return made
}

async function makeTags(tx: Tx): Promise<Tag[]> {
  const made: Tag[] = []
  for (const draft of tags) made.push((await findTagByName(tx, draft.name)) ?? (await addTag(tx, draft)))
  return made
}

async function makeGroups(tx: Tx): Promise<Map<string, string>> {
  const made = new Map<string, string>()
  for (const draft of groups)
    made.set(draft.name, ((await findGroupByName(tx, draft.name)) ?? (await addGroup(tx, draft))).id)
  return made
}

async function makeCompanies(tx: Tx): Promise<string[]> {
  const made: string[] = []
  for (const { name, domain, city } of companies) {
    const known = await tx.selectFrom('companies').select('id').where('name', '=', name).executeTakeFirst()
    const draft = { name, emails: [`office@${domain}`], note: `In ${city}.` }
    made.push(known?.id ?? (await addCompany(tx, draft)).company.id)
  }
  return made
}
