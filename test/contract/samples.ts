// For each of the 72 calls, a request that succeeds, with a good value for every documented parameter.
import { newId } from '../../server/lib/ids.ts'
import { aBusyConversation, aCustomer, aGroup, anEntry, aTag, type World } from './world.ts'

export interface Sample {
  /** Path parameters, without brackets. */
  path: Record<string, string>
  required: Record<string, string>
  /** Not required by the document, and yet there is nothing to do, or to see, without them. */
  sensible: Record<string, string>
  optional: Record<string, string>
}

type Maker = (world: World) => Promise<Partial<Sample>> | Partial<Sample>

const FIELDS = '[{"code":"size","value":"A4"}]'
const today = (): string => new Date().toISOString().slice(0, 10)
/** Around now, so that what the world did lies in it. */
const dates = () => ({ date_from: `${today()} 00:00:00`, date_to: today() })
const pages = { limitcount: '50', limitfrom: '0' }

const conversation: Maker = ({ conversationid }) => ({ path: { conversationid } })
const figures: Maker = () => ({ required: dates(), optional: { ...pages, columns: 'answers,created_tickets' } })
const availability: Maker = ({ agent }) => ({
  optional: { ...dates(), ...pages, departmentid: 'default', agentid: agent.userid },
})
const agentsAvailability: Maker = ({ agent }) => ({
  optional: { ...dates(), ...pages, columns: 'userid,hours_online', departmentid: 'default', agentid: agent.userid },
})
const slaCompliance: Maker = ({ agent, slalevelid }) => ({
  optional: {
    ...dates(),
    ...pages,
    datetime: 'L30D',
    departmentid: 'default',
    userid: agent.userid,
    slalevelid,
  },
})
const slaLog: Maker = ({ agent, customer, slalevelid }) => ({
  required: dates(),
  optional: {
    ...pages,
    columns: 'conversationid,sla',
    departmentid: 'default',
    agentid: agent.userid,
    requesterid: customer.contactid,
    slalevelid,
  },
})
const none: Maker = () => ({})

const makers: Record<string, Maker> = {
  'GET /api/agents/[agentidentifier]': ({ agent }) => ({ path: { agentidentifier: agent.email } }),
  'GET /api/application/status': none,
  'GET /api/calls/overview': none,
  'GET /api/chats/overview': none,

  'GET /api/companies': none,
  'GET /api/companies/[companyid]': ({ companyid }) => ({ path: { companyid } }),

  'GET /api/conversations': ({ agent, customer }) => ({
    optional: {
      owneridentifier: customer.email,
      department: 'default',
      status: 'N,C,A',
      datefrom: '2020-01-01',
      dateto: `${today()} 23:59:59`,
      datechanged: 'gte:2020-01-01 00:00:00',
      subject: 'Printer',
      agent: agent.email,
      limit: '10',
      channel_type: 'E,M',
      cursor: '',
    },
  }),
  'POST /api/conversations': () => ({
    required: {
      message: 'It burns',
      useridentifier: `customer-${newId()}@example.com`,
      department: 'default',
      subject: 'Fire',
      recipient: 'support@desk.test',
    },
    optional: {
      recipient_name: 'Support',
      cc: 'other@example.com,third@example.com',
      status: 'N',
      mail_messsage_id: `<${newId()}@example.com>`,
      do_not_send_mail: 'Y',
      is_html_message: 'N',
      customfields: FIELDS,
    },
  }),
  'GET /api/conversations/[conversationid]': conversation,
  'DELETE /api/conversations/[conversationid]': async (world) => ({
    path: { conversationid: await aBusyConversation(world) },
    optional: { messages: 'As asked', note: 'A double', useridentifier: world.agent.userid },
  }),
  'PUT /api/conversations/[conversationid]/attendants': ({ conversationid, agent }) => ({
    path: { conversationid },
    sensible: { agentidentifier: agent.userid },
    optional: {
      useridentifier: agent.email,
      department: 'default',
      messages: 'Yours, please',
    },
  }),
  'DELETE /api/conversations/[conversationid]/fields': async (world) => ({
    path: { conversationid: await aBusyConversation(world) },
    optional: { code: 'plan' },
  }),
  'POST /api/conversations/[conversationid]/fields': ({ conversationid }) => ({
    path: { conversationid },
    required: { customfields: FIELDS },
  }),
  'GET /api/conversations/[conversationid]/messages': ({ conversationid }) => ({
    path: { conversationid },
    optional: { datefrom: '2020-01-01 00:00:00', dateto: `${today()} 23:59:59` },
  }),
  'POST /api/conversations/[conversationid]/messages': ({ conversationid, agent, fileid }) => ({
    path: { conversationid },
    required: { message: 'Try to turn it off' },
    optional: {
      useridentifier: agent.email,
      type: 'M',
      mail_messsage_id: `<${newId()}@example.com>`,
      do_not_send_mail: 'Y',
      is_html_message: 'Y',
      use_template: 'N',
      attachments: fileid,
    },
  }),
  'PUT /api/conversations/[conversationid]/status': ({ conversationid, agent }) => ({
    path: { conversationid },
    required: { status: 'R' },
    optional: { useridentifier: agent.email, note: 'Done' },
  }),
  'GET /api/conversations/[conversationid]/tags': conversation,
  'POST /api/conversations/[conversationid]/tags': async (world) => ({
    path: { conversationid: world.conversationid },
    sensible: { id: await aTag(world) },
    optional: { name: 'laser' },
  }),
  'DELETE /api/conversations/[conversationid]/tags': async (world) => {
    const [conversationid, id] = [await aBusyConversation(world), await aTag(world)]
    await world.desk.v1('POST', `conversations/${conversationid}/tags`, { id })
    return { path: { conversationid }, sensible: { id }, optional: { name: 'printers' } }
  },

  'GET /api/customers': ({ customer }) => ({
    optional: {
      ...pages,
      email: customer.email,
      firstname: 'Car',
      lastname: 'Cli',
      datecreatedfrom: '2020-01-01',
      datecreatedto: `${today()} 23:59:59`,
    },
  }),
  'POST /api/customers': () => ({
    sensible: { email: `new-${newId()}@example.com`, customfields: FIELDS },
    optional: { name: 'Norma New', gender: 'F', role: 'R', password: 'a-long-password' },
  }),
  'GET /api/customers/[customeridentifier]': ({ customer }) => ({ path: { customeridentifier: customer.email } }),
  'POST /api/customers/[customeridentifier]/fields': ({ customer }) => ({
    path: { customeridentifier: customer.contactid },
    required: { customfields: FIELDS },
  }),
  'DELETE /api/customers/[customeridentifier]/fields': async (world) => ({
    path: { customeridentifier: (await aCustomer(world)).email },
    optional: { code: 'plan' },
  }),
  'GET /api/customers/[customeridentifier]/groups': ({ customer }) => ({
    path: { customeridentifier: customer.email },
  }),
  'POST /api/customers/[customeridentifier]/groups': async (world) => ({
    path: { customeridentifier: world.customer.email },
    required: { name: (await aGroup(world)).name },
  }),
  'DELETE /api/customers/[customeridentifier]/groups': async (world) => {
    const [customer, group] = [await aCustomer(world), await aGroup(world)]
    await world.desk.v1('POST', `customers/${customer.email}/groups`, { name: group.name })
    return { path: { customeridentifier: customer.email }, required: { name: group.name } }
  },

  'GET /api/customersgroups': none,
  'POST /api/customersgroups': () => ({
    required: { name: `Group ${newId()}` },
    optional: { color: 'FFFFFF', bg_color: '336699' },
  }),
  'GET /api/customersgroups/[groupid]': ({ groupid }) => ({ path: { groupid } }),
  'PUT /api/customersgroups/[groupid]': async (world) => ({
    path: { groupid: (await aGroup(world)).id },
    optional: { name: `Group ${newId()}`, color: 'FFFFFF', bg_color: '336699' },
  }),
  'DELETE /api/customersgroups/[groupid]': async (world) => ({ path: { groupid: (await aGroup(world)).id } }),

  'GET /api/departments': none,
  'GET /api/departments/[departmentid]': () => ({ path: { departmentid: 'default' } }),
  'GET /api/departments/[departmentid]/agents': () => ({ path: { departmentid: 'default' } }),

  'POST /api/files': () => ({
    sensible: { name: 'note.txt', type: 'text/plain', data: Buffer.from('hello').toString('base64') },
    optional: { downloadUrl: '' },
  }),
  'GET /api/files/[fileid]': ({ fileid }) => ({ path: { fileid } }),

  'GET /api/knowledgebase/articles': ({ kbCategory, kbArticle }) => ({
    optional: {
      limit: '10',
      offset: '0',
      tree_path: '0|',
      parent_id: kbCategory,
      article_id: kbArticle,
      kb_id: 'kb_defa',
    },
  }),
  'POST /api/knowledgebase/categories': ({ kbCategory }) => ({
    required: { title: 'Inkjets' },
    optional: {
      kb_id: 'kb_defa',
      parent_entry_id: kbCategory,
      rtype: 'C',
      access: 'P',
      rorder: '3',
      keywords: 'ink,jet',
      departmentid: 'default',
      description: 'About ink',
    },
  }),
  'GET /api/knowledgebase/entries': ({ kbCategory, kbArticle }) => ({
    optional: {
      limit: '10',
      offset: '0',
      kb_id: 'kb_defa',
      tree_path: '0|',
      parent_entry_id: kbCategory,
      entry_id: kbArticle,
      date_changed: '2020-01-01 00:00:00',
    },
  }),
  'DELETE /api/knowledgebase/entries/[entry_id]': async (world) => ({ path: { entry_id: await anEntry(world) } }),
  'GET /api/knowledgebase/knowledgebases': () => ({ optional: { limit: '10', offset: '0' } }),
  'GET /api/knowledgebase/search': ({ kbCategory }) => ({
    required: { query: 'printer' },
    optional: { top_article_id: kbCategory, limit: '10', kb_id: 'kb_defa' },
  }),

  'GET /api/onlinestatus/agents': none,
  'GET /api/onlinestatus/departments': none,

  'GET /api/reports/agents': figures,
  'GET /api/reports/channels': figures,
  'GET /api/reports/departments': figures,
  'GET /api/reports/tags': figures,
  'GET /api/reports/performance': () => ({
    required: dates(),
    optional: { ...pages, columns: 'datetime,answers', group_by: 'day' },
  }),
  'GET /api/reports/ranking': ({ agent, customer }) => ({
    required: dates(),
    optional: {
      ...pages,
      columns: 'conversationid,comment',
      agentid: agent.userid,
      contactid: customer.contactid,
      types: 'P,W',
    },
  }),
  'GET /api/reports/calls/agentsavailability': agentsAvailability,
  'GET /api/reports/chats/agentsavailability': agentsAvailability,
  'GET /api/reports/tickets/agentsavailability': agentsAvailability,
  'GET /api/reports/calls/availability': availability,
  'GET /api/reports/chats/availability': availability,
  'GET /api/reports/calls/load': availability,
  'GET /api/reports/chats/load': availability,
  'GET /api/reports/tickets/load': availability,
  'GET /api/reports/calls/slacompliance': slaCompliance,
  'GET /api/reports/chats/slacompliance': slaCompliance,
  'GET /api/reports/tickets/slacompliance': slaCompliance,
  'GET /api/reports/calls/slalog': slaLog,
  'GET /api/reports/chats/slalog': slaLog,
  'GET /api/reports/tickets/slalog': slaLog,

  'GET /api/suggestioncategories': none,
  'POST /api/suggestions': ({ suggestionCategory }) => ({
    required: {
      useridentifier: `customer-${newId()}@example.com`,
      category: suggestionCategory,
      subject: 'Paper trays',
      message: 'More of them',
    },
  }),

  'GET /api/tags': none,
  'POST /api/tags': () => ({
    required: { name: `Tag ${newId()}` },
    optional: { color: 'FFFFFF', bg_color: '336699' },
  }),
  'GET /api/tags/[tagid]': ({ tagid }) => ({ path: { tagid } }),
  'PUT /api/tags/[tagid]': async (world) => ({
    path: { tagid: await aTag(world) },
    optional: { name: `Tag ${newId()}`, color: 'FFFFFF', bg_color: '336699' },
  }),
  'DELETE /api/tags/[tagid]': async (world) => ({ path: { tagid: await aTag(world) } }),
}

/** A request that succeeds. What it deletes or changes is made for it; each call of this gives another one. */
export async function sampleOf(world: World, call: { method: string; path: string }): Promise<Sample> {
  const maker = makers[`${call.method} ${call.path}`]
  if (!maker) throw new Error(`no sample for ${call.method} ${call.path}`)
  return { path: {}, required: {}, sensible: {}, optional: {}, ...(await maker(world)) }
}

/** What a request must at least carry to succeed. */
export const leastOf = ({ required, sensible }: Sample): Record<string, string> => ({ ...sensible, ...required })

/** The resource of a call for `desk.v1`: without `/api/`, identifiers filled in and percent-encoded. */
export const resourceOf = (call: { path: string }, path: Record<string, string>): string =>
  call.path
    .replace(/^\/api\//, '')
    .replace(/\[(\w+)\]/g, (_, name: string) => encodeURIComponent(path[name] ?? `no-${name}`))
