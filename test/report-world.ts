// A desk on which something has happened for every report: twice as much in one department as in the other, by one agent as
// by the other, for one customer and one SLA level as for the other. All of it on the 11th of June 2025.
import { insertRows } from '../server/db/prepared.ts'
import { findOrAddCustomer } from '../server/desk/customers/customers.ts'
import { type FactKind, recordFacts } from '../server/desk/metrics/facts.ts'
import { recordLoad } from '../server/desk/metrics/load.ts'
import type { TestDesk } from './desk.ts'
import { aConversation, anAgent } from './people.ts'

export const NOON = Date.UTC(2025, 5, 11, 12)
const MINUTE = 60_000
export const services = ['tickets', 'chats', 'calls'] as const
const letters = { tickets: 'M', chats: 'T', calls: 'P' } as const

/** The twenty reports: their addresses, the name of their list, and what they take besides a range, a page and columns. */
export const reports = [
  { path: 'agents', list: 'agents', takes: [] },
  { path: 'channels', list: 'channels', takes: [] },
  { path: 'departments', list: 'departments', takes: [] },
  { path: 'tags', list: 'tags', takes: [] },
  { path: 'performance', list: 'performance', takes: ['group_by'] },
  { path: 'ranking', list: 'ranks', takes: ['agentid', 'contactid', 'types'] },
  ...services.flatMap((service) => [
    { path: `${service}/load`, list: 'loads', takes: ['departmentid', 'agentid'] },
    { path: `${service}/agentsavailability`, list: 'agentsavailability', takes: ['departmentid', 'agentid'] },
    { path: `${service}/slalog`, list: 'slalogs', takes: ['departmentid', 'agentid', 'requesterid', 'slalevelid'] },
    { path: `${service}/slacompliance`, list: 'slacompliances', takes: ['departmentid', 'userid', 'slalevelid'] },
    ...(service === 'tickets'
      ? []
      : [{ path: `${service}/availability`, list: 'availability', takes: ['departmentid', 'agentid'] }]),
  ]),
] as const

export interface ReportWorld {
  /** The first of each has twice as much as the second. */
  agents: readonly [{ userid: string; email: string }, { userid: string; email: string }]
  departments: readonly [string, string]
  customers: readonly [Customer, Customer]
  levels: readonly [string, string]
  tags: readonly [string, string]
  /** In the first department, and in the second. */
  conversations: readonly [string, string]
}

interface Customer {
  id: string
  user_id: string
}

export async function reportWorld(desk: TestDesk): Promise<ReportWorld> {
  const ada = await anAgent(desk)
  const bob = await anAgent(desk)
  const sales: string = (await desk.v3('POST', 'departments', { name: 'Sales', agents: [ada.userid] })).body
    .departmentid
  const level = async (name: string): Promise<string> => {
    const body = { name, hours: { zone: 'GMT', week: [], holidays: [] }, targets: {} }
    return (await desk.v3('POST', 'slalevels', body)).body.slalevelid
  }
  const tag = async (name: string): Promise<string> => (await desk.v3('POST', 'tags', { name })).body.id
  const world = {
    agents: [ada, bob],
    departments: ['default', sales],
    customers: await desk.app.database.write(async (tx) => {
      const anna = await findOrAddCustomer(tx, 'anna@example.com')
      return [anna, await findOrAddCustomer(tx, 'carl@example.com')] as const
    }),
    levels: [await level('Gold'), await level('Silver')],
    tags: [await tag('Printer'), await tag('Money')],
    conversations: [
      (await aConversation(desk)).conversationid,
      (await aConversation(desk, { department: sales })).conversationid,
    ],
  } as const
  await happen(desk, world)
  return world
}

/** Which of two each thing is about: the first one twice. */
const each = [0, 0, 1] as const

async function happen(desk: TestDesk, world: ReportWorld): Promise<void> {
  const kinds: FactKind[] = [
    'created',
    'answer_new',
    'resolved',
    'chat_answered',
    'call_ended',
    'rated_good',
    'rated_bad',
  ]
  // Every agent in every department, for every customer and level.
  const all = each.flatMap((agent) =>
    each.flatMap((department) => each.flatMap((who) => each.map((level) => ({ agent, department, who, level })))),
  )
  await desk.app.database.write(async (tx) => {
    await recordFacts(
      tx,
      each.flatMap((agent) =>
        each.flatMap((department) =>
          kinds.map((kind) => ({
            kind,
            at: NOON + 20 * MINUTE,
            conversation: {
              id: world.conversations[department],
              department_id: world.departments[department],
              channel: (['E', 'M'] as const)[department],
            },
            agentId: world.agents[agent].userid,
            took: 600_000,
          })),
        ),
      ),
    )
    await insertRows(
      tx,
      'conversation_tags',
      ([0, 1] as const).map((n) => ({
        conversation_id: world.conversations[n],
        tag_id: world.tags[n],
        added_at: NOON,
      })),
    )
    for (const service of services) {
      recordLoad(
        tx,
        each.flatMap((department) =>
          [null, ...each].map((agent) => ({
            service,
            at: NOON,
            departmentId: world.departments[department],
            agentId: agent === null ? null : world.agents[agent].userid,
            delta: 1,
            conversationId: world.conversations[department],
            itemId: `${world.conversations[department]} ${agent}`,
          })),
        ),
      )
      await insertRows(
        tx,
        'sla_clocks',
        all.map(({ agent, department, who, level }, n) => ({
          conversation_id: world.conversations[department],
          kind: 'first',
          service,
          level_id: world.levels[level],
          target: 3_600,
          department_id: world.departments[department],
          customer_id: world.customers[who].id,
          agent_id: world.agents[agent].userid,
          started_at: NOON,
          due_at: NOON + 30 * MINUTE,
          warn_at: null,
          warned_at: null,
          breached_at: null,
          notice_at: null,
          closed_at: NOON + (n % 2 === 0 ? 10 : 50) * MINUTE,
          outcome: n % 2 === 0 ? 'met' : 'late',
          seconds: n % 2 === 0 ? 600 : 3_000,
          created_at: NOON,
        })),
      )
    }
    // The first agent in both departments, the second in one; each of them one after the other.
    const stays = [
      { agent: 0, department: 0, from: 0, to: 20 },
      { agent: 0, department: 1, from: 20, to: 30 },
      { agent: 1, department: 0, from: 30, to: 45 },
    ] as const
    await insertRows(
      tx,
      'online_stretches',
      stays.flatMap(({ agent, department, from, to }) =>
        [world.departments[department], ''].flatMap((department_id) =>
          ['', ...services.map((service) => letters[service])].map((service) => ({
            agent_id: world.agents[agent].userid,
            department_id,
            service,
            from_at: NOON + from * MINUTE,
            to_at: NOON + to * MINUTE,
            seen_at: NOON + to * MINUTE,
          })),
        ),
      ),
    )
    await insertRows(
      tx,
      'ratings',
      each.flatMap((agent, n) =>
        each.flatMap((who, m) =>
          (['good', 'good', 'bad'] as const).map((grade, o) => ({
            group_seq: 1_000 + n * 9 + m * 3 + o,
            conversation_id: world.conversations[0],
            counted_in: world.conversations[0],
            department_id: world.departments[0],
            channel: 'E',
            agent_id: world.agents[agent].userid,
            customer_id: world.customers[who].id,
            user_id: world.customers[who].user_id,
            source: 'link',
            grade,
            comment: '',
            rated_at: NOON + n * MINUTE,
            changed_at: NOON + n * MINUTE,
            removed_at: null,
          })),
        ),
      ),
    )
  })
}
