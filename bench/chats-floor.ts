// The floor of chats and calls: a bare HTTP server that stores each request as one durable row. No rights, no routing, no
// history, no facts, no events: what the database and the stack can do at best.
//
//   node bench/chats-floor.ts <database file, or address of a PostgreSQL database> <port>
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import Sqlite from 'better-sqlite3'
import pg from 'pg'

const [target = '', port = '0'] = process.argv.slice(2)

type Store = (body: string) => Promise<unknown>

async function storeOnPostgres(): Promise<Store> {
  const pool = new pg.Pool({ connectionString: target, max: 10 })
  await pool.query('create table if not exists bench_floor (id bigserial primary key, body text)')
  return (body) => pool.query({ name: 'add', text: 'insert into bench_floor (body) values ($1)', values: [body] })
}

function storeOnSqlite(): Store {
  const db = new Sqlite(target)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec('create table if not exists floor (id integer primary key, body text)')
  const add = db.prepare('insert into floor (body) values (?)')
  return async (body) => add.run(body)
}

const store = target.startsWith('postgres') ? await storeOnPostgres() : storeOnSqlite()
const server = createServer(async (request, response) => {
  await store(await text(request))
  response.setHeader('content-type', 'application/json').end('{}')
})
// It is idle while others are measured: a connection that ends just then would fail a request.
server.keepAliveTimeout = 3_600_000
server.listen(Number(port), '127.0.0.1')
