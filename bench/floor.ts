// The floor: a single-file server that does only the storage work of the measured requests, by hand. Bare Fastify,
// prepared statements, schema serialisers, a hashed key look-up, one durable commit for each write. No rights, rules,
// history beyond the message itself, events, facts or counters: what the stack can do at best.
//
//   node bench/floor.ts <database file> <port>
import { createHash, randomBytes } from 'node:crypto'
import Sqlite from 'better-sqlite3'
import { fastify } from 'fastify'

const [file = '', port = '0'] = process.argv.slice(2)
const db = new Sqlite(file)
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
db.pragma('cache_size = -32000')
db.pragma('mmap_size = 2147418112')
// The plain way to search with SQLite: an index over title, keywords and text, ranked by its own function.
db.exec(`create virtual table if not exists floor_search using fts5
  (title, keywords, body, content='', tokenize='unicode61 remove_diacritics 2')`)
db.exec(`insert into floor_search (rowid, title, keywords, body)
  select id, title, keywords, content_text from kb_entries where not exists (select 1 from floor_search)`)
const reading = new Sqlite(file, { readonly: true })
reading.pragma('cache_size = -32000')
reading.pragma('mmap_size = 2147418112')

type Row = Record<string, string | number | null>
/** Statements are typed by what each is known to return. */
const one = (text: string) => {
  const statement = reading.prepare<unknown[], Row>(text)
  return (...values: unknown[]) => statement.get(...values)
}
const many = (text: string) => {
  const statement = reading.prepare<unknown[], Row>(text)
  return (...values: unknown[]) => statement.all(...values)
}

const findKey = one('select id from api_keys where key_hash = +? and revoked_at is null')
const VIEW = `select c.*, d.name as departmentname, u.firstname, u.lastname, u.email, u.note,
  (select group_concat(t.tag_id) from conversation_tags t where t.conversation_id = c.id) as tags
  from conversations c join departments d on d.id = c.department_id join customers u on u.id = c.customer_id`
const findConversation = one(`${VIEW} where c.id = +?`)
const findConversations = many(
  `${VIEW} where c.department_id = +? and c.status = +? order by c.changed_at desc, c.id desc limit 100`,
)
const findGroups = many('select * from message_groups where conversation_id = +? order by created_at, seq')
const findMessages = many('select * from messages where conversation_id = +? order by created_at, seq')
const search = many(
  `select e.* from floor_search s join kb_entries e on e.id = s.rowid
   where floor_search match +? and e.rstatus = 'P' and e.deleted_at is null order by bm25(floor_search, 10, 4, 1) limit 10`,
)
const findCustomer = db.prepare<unknown[], Row>('select id from customers where email_key = +? and deleted_at is null')
const addCustomer = db.prepare(
  `insert into customers (id, user_id, email, email_key, firstname, firstname_key, lastname, lastname_key, system_name, role, phones, auth_epoch, created_at, changed_at)
   values (?, ?, ?, ?, '', '', '', '', ?, 'V', '[]', 1, ?, ?)`,
)
const addConversation = db.prepare(
  `insert into conversations (id, code, public_code, department_id, customer_id, status, channel, subject, subject_key, preview,
   groups_in, groups_out, created_by, created_at, changed_at) values (?, ?, ?, ?, ?, 'N', 'E', ?, ?, ?, 1, 0, ?, ?, ?)`,
)
const addGroup = db.prepare(
  `insert into message_groups (conversation_id, user_id, rtype, rstatus, created_at, finished_at) values (?, ?, ?, 'V', ?, ?)`,
)
const addMessage = db.prepare(
  `insert into messages (group_seq, conversation_id, user_id, rtype, is_html, body, created_at) values (?, ?, ?, 'M', 0, ?, ?)`,
)
const touch = db.prepare(
  'update conversations set changed_at = +?, preview = +?, groups_in = groups_in + 1 where id = +?',
)

const id = (): string => randomBytes(5).toString('hex').slice(0, 8)
const date = (instant: unknown): string => new Date(Number(instant)).toISOString().slice(0, 19).replace('T', ' ')

const text = { type: ['string', 'null'] } as const
const object = (...names: string[]) => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, text])),
})
const response = (properties: object) => ({
  response: { 200: { type: 'object', properties: { response: { type: 'object', properties } } } },
})
const CONVERSATION = [
  'conversationid',
  'code',
  'datecreated',
  'datechanged',
  'datedue',
  'departmentname',
  'departmentid',
  'status',
  'ownername',
  'owneremail',
  'subject',
  'preview',
  'publicurlcode',
  'tags',
  'channel_type',
  'messagegroupsin',
  'messagegroupsout',
  'cursor',
]
const conversation = (row: Row) => ({
  conversationid: row.id,
  code: row.code,
  datecreated: date(row.created_at),
  datechanged: date(row.changed_at),
  datedue: null,
  departmentname: row.departmentname,
  departmentid: row.department_id,
  status: row.status,
  ownername: `${row.firstname} ${row.lastname}`,
  owneremail: row.email,
  subject: row.subject,
  preview: row.preview,
  publicurlcode: row.public_code,
  tags: row.tags,
  channel_type: row.channel,
  messagegroupsin: String(row.groups_in),
  messagegroupsout: String(row.groups_out),
  cursor: null,
})

const server = fastify()
interface Query {
  apikey: string
  [name: string]: string
}
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
  done(null, Object.fromEntries(new URLSearchParams(String(body)))),
)
const assertKey = (key: string): void => {
  if (!findKey(createHash('sha256').update(key).digest('hex'))) throw new Error('wrong key')
}

server.get<{ Params: { id: string }; Querystring: Query }>(
  '/api/conversations/:id',
  {
    schema: response({
      ...object(...CONVERSATION, 'ownernote', 'assignedto').properties,
      customfields: { type: 'array', items: object('code', 'value') },
    }),
  },
  async (request) => {
    assertKey(request.query.apikey)
    const row = findConversation(request.params.id)
    if (!row) throw new Error('not found')
    return {
      response: {
        ...conversation(row),
        ownernote: row.note,
        assignedto: row.agent_id,
        customfields: row.custom_fields ? JSON.parse(String(row.custom_fields)) : [],
      },
    }
  },
)

server.get<{ Params: { id: string }; Querystring: Query }>(
  '/api/conversations/:id/messages',
  {
    schema: response({
      groups: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            ...object('messagegroupid', 'userid', 'rtype', 'rstatus', 'datecreated', 'datefinished').properties,
            messages: { type: 'array', items: object('messageid', 'userid', 'rtype', 'datecreated', 'message') },
          },
        },
      },
    }),
  },
  async (request) => {
    assertKey(request.query.apikey)
    const row = findConversation(request.params.id)
    if (!row) throw new Error('not found')
    const groups = findGroups(row.id).map((group) => ({
      seq: group.seq,
      messagegroupid: String(group.seq),
      userid: group.user_id,
      rtype: group.rtype,
      rstatus: group.rstatus,
      datecreated: date(group.created_at),
      datefinished: date(group.finished_at),
      messages: [] as object[],
    }))
    const bySeq = new Map(groups.map((group) => [group.seq, group]))
    for (const message of findMessages(row.id))
      bySeq.get(message.group_seq ?? null)?.messages.push({
        messageid: String(message.seq),
        userid: message.user_id,
        rtype: message.rtype,
        datecreated: date(message.created_at),
        message: message.body,
      })
    return { response: { groups } }
  },
)

server.get<{ Querystring: Query }>(
  '/api/conversations',
  { schema: response({ conversations: { type: 'array', items: object(...CONVERSATION) } }) },
  async (request) => {
    assertKey(request.query.apikey)
    return {
      response: { conversations: findConversations(request.query.department, request.query.status).map(conversation) },
    }
  },
)

const insertConversation = db.transaction((body: Query) => {
  const now = Date.now()
  const email = textOf(body.useridentifier)
  let customer = findCustomer.get(email.toLowerCase())?.id
  if (!customer) {
    customer = id()
    addCustomer.run(customer, id(), email, email.toLowerCase(), email, now, now)
  }
  const conversationId = id()
  const code = `${id()}-${id()}`
  const publicCode = randomBytes(8).toString('hex')
  const subject = textOf(body.subject)
  const message = textOf(body.message)
  addConversation.run(
    conversationId,
    code,
    publicCode,
    body.department,
    customer,
    subject,
    subject.toLowerCase().slice(0, 24),
    message.slice(0, 255),
    customer,
    now,
    now,
  )
  const { lastInsertRowid } = addGroup.run(conversationId, customer, '3', now, now)
  addMessage.run(lastInsertRowid, conversationId, customer, message, now)
  return { status: 'OK', conversationid: conversationId, code, publicurlcode: publicCode }
})
server.post<{ Body: Query }>(
  '/api/conversations',
  { schema: response(object('status', 'conversationid', 'code', 'publicurlcode').properties) },
  async (request) => {
    assertKey(request.body.apikey)
    return { response: insertConversation.immediate(request.body) }
  },
)

const insertMessage = db.transaction((conversationId: string, body: Query) => {
  const now = Date.now()
  const row = findConversation(conversationId)
  if (!row) throw new Error('not found')
  const customer = findCustomer.get(textOf(body.useridentifier).toLowerCase())?.id ?? ''
  const { lastInsertRowid } = addGroup.run(row.id, customer, '3', now, now)
  addMessage.run(lastInsertRowid, row.id, customer, body.message, now)
  touch.run(now, textOf(body.message).slice(0, 255), row.id)
})
server.post<{ Params: { id: string }; Body: Query }>(
  '/api/conversations/:id/messages',
  { schema: response(object('status').properties) },
  async (request) => {
    assertKey(request.body.apikey)
    insertMessage.immediate(request.params.id, request.body)
    return { response: { status: 'OK' } }
  },
)

const SEARCH = [
  'kb_id',
  'kb_entry_id',
  'rtype',
  'rstatus',
  'access',
  'access_inherited',
  'urlcode',
  'treepath',
  'title',
  'title_clear',
  'content_text',
  'content_simple_html',
  'conversationid',
  'votesCount',
  'datechanged',
  'url',
]
server.get<{ Querystring: Query }>(
  '/api/knowledgebase/search',
  {
    schema: response({
      entries: { type: 'array', items: object(...SEARCH) },
      articles: { type: 'array', items: object(...SEARCH) },
    }),
  },
  async (request) => {
    assertKey(request.query.apikey)
    const words = textOf(request.query.query)
      .split(/\s+/)
      .map((word) => `"${word.replaceAll('"', '')}"`)
    const entries = search(`${words.join(' ')}*`).map((row) => ({
      ...row,
      kb_entry_id: String(row.id),
      title_clear: row.title,
      content_simple_html: row.content,
      conversationid: row.conversation_id,
      votesCount: String(row.votes),
      datechanged: date(row.changed_at),
      url: `//127.0.0.1/${row.urlcode}-${String(row.title).replaceAll(' ', '-')}`,
    }))
    return { response: { entries, articles: entries } }
  },
)

await server.listen({ port: Number(port), host: '127.0.0.1' })
process.stdout.write('ready\n')
