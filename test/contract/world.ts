// A small desk on which every list of API v1 has a row, made through the APIs as anybody would.
import { newId } from '../../server/lib/ids.ts'
import type { TestDesk } from '../desk.ts'
import { aConversation, anAgent } from '../people.ts'

export interface World {
  desk: TestDesk
  agent: { userid: string; email: string }
  customer: { contactid: string; email: string }
  conversationid: string
  tagid: string
  groupid: string
  groupname: string
  companyid: string
  fileid: string
  kbCategory: string
  kbArticle: string
  suggestionCategory: string
  slalevelid: string
}

async function must(reply: Promise<{ status: number; text: string; body: Record<string, string> }>) {
  const { status, text, body } = await reply
  if (status !== 200) throw new Error(`${status}: ${text}`)
  return body
}

const idOf = (body: Record<string, string>, name: string): string => {
  const id = body[name]
  if (id === undefined) throw new Error(`no ${name} in ${JSON.stringify(body)}`)
  return id
}

const FIELDS = '[{"code":"plan","value":"gold"}]'

/** What formats stumble over: markup, line ends, spaces at the ends, words and dates that YAML has other ideas about. */
const ODD_TEXT = ' <b>Still</b> burning & "hot"? \r\n\n\t- yes: no\n2026-01-31\n]]> 🔥 Grüße '

export const aTag = async ({ desk }: Pick<World, 'desk'>): Promise<string> =>
  idOf(await must(desk.v1('POST', 'tags', { name: `Tag & <${newId()}>: yes` })), 'id')

export async function aGroup({ desk }: Pick<World, 'desk'>): Promise<{ id: string; name: string }> {
  const name = `Group ${newId()}`
  return { id: idOf(await must(desk.v1('POST', 'customersgroups', { name })), 'id'), name }
}

export async function aCustomer({ desk }: Pick<World, 'desk'>): Promise<World['customer']> {
  const email = `customer-${newId()}@example.com`
  const body = await must(
    desk.v1('POST', 'customers', { email, name: 'Carla Client', gender: 'F', customfields: FIELDS }),
  )
  return { contactid: idOf(body, 'contactid'), email }
}

export const anEntry = async ({ desk }: Pick<World, 'desk'>, fields: Record<string, string> = {}): Promise<string> =>
  idOf(
    await must(desk.v1('POST', 'knowledgebase/categories', { title: `Category ${newId()}`, access: 'P', ...fields })),
    'kb_entry_id',
  )

/** A conversation with custom fields, a tag, a reply, a note, a due date and a change of status in its history. */
export async function aBusyConversation(world: Pick<World, 'desk' | 'agent'>): Promise<string> {
  const { desk, agent } = world
  const { conversationid } = await aConversation(desk, { customfields: FIELDS })
  const path = `conversations/${conversationid}`
  await must(desk.v1('POST', `${path}/tags`, { name: 'printers' }))
  await must(desk.v1('POST', `${path}/messages`, { message: ODD_TEXT, useridentifier: agent.userid }))
  await must(desk.v1('POST', `${path}/messages`, { message: 'Call the fire brigade', type: 'N' }))
  await must(desk.v1('PUT', `${path}/attendants`, { agentidentifier: agent.email, useridentifier: agent.email }))
  return conversationid
}

export async function newWorld(desk: TestDesk): Promise<World> {
  const agent = await anAgent(desk)
  const group = await aGroup({ desk })
  const customer = await aCustomer({ desk })
  await must(desk.v1('POST', `customers/${customer.email}/groups`, { name: group.name }))
  const kbCategory = await anEntry({ desk }, { title: 'Printers' })
  const suggestionCategory = await anEntry({ desk }, { title: 'Ideas', rtype: 'G' })
  const company = await must(
    desk.v3('POST', 'companies', {
      name: 'Printers Ltd',
      emails: ['office@printers.example'],
      phones: ['+49 30 1234'],
      custom_fields: [{ code: 'plan', value: 'gold' }],
      unique_fields: [{ code: 'vat', value: 'DE1' }],
      groups: [group.id],
    }),
  )
  const article = await must(
    desk.v3('POST', 'knowledgebase/entries', {
      rtype: 'A',
      rstatus: 'P',
      access: 'P',
      parent_entry_id: kbCategory,
      title: 'When a printer burns',
      content: '<p>Pull the plug.</p>',
    }),
  )
  const file = await must(
    desk.v1('POST', 'files', { name: 'note.txt', type: 'text/plain', data: Buffer.from('hello').toString('base64') }),
  )
  const level = await must(
    desk.v3('POST', 'slalevels', { name: 'Gold', hours: { zone: 'GMT', week: [], holidays: [] }, targets: {} }),
  )
  const conversationid = await aBusyConversation({ desk, agent })
  await must(desk.v3('POST', 'ratings', { conversation: conversationid, rating: 'bad', comment: ODD_TEXT }))
  await desk.drain()
  return {
    desk,
    agent,
    customer,
    conversationid,
    tagid: await aTag({ desk }),
    groupid: group.id,
    slalevelid: idOf(level, 'slalevelid'),
    groupname: group.name,
    companyid: idOf(company, 'id'),
    fileid: idOf(file, 'fileid'),
    kbCategory,
    kbArticle: idOf(article, 'kb_entry_id'),
    suggestionCategory,
  }
}
