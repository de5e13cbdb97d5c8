// Measured in a process of its own: how fast raw mails are kept, and turned into messages, against the bare parser.
//
//   node bench/mail-program.ts <data folder> <mails> <rounds>     prints one line of JSON a round
import { build } from '../server/app.ts'
import { readConfig } from '../server/config.ts'
import { acceptWaiting } from '../server/desk/mail/accepting/accept-waiting.ts'
import { keepRaw } from '../server/desk/mail/intake/keep-raw.ts'
import { largeMail, smallMail } from './mails.ts'

const [dataFolder = '', mails = '1000', rounds = '5'] = process.argv.slice(2)
const app = await build(readConfig({ DESKHAND_DATA: dataFolder, DESKHAND_LOG_LEVEL: 'error' }), { worker: false })
const { default: PostalMime } = await import('postal-mime')

/** Things a second. */
async function rate(count: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return Math.round(count / ((performance.now() - start) / 1000))
}

for (const [size, make] of [
  ['5 kB', smallMail],
  ['100 kB', largeMail],
] as const) {
  // A round before the first one warms up.
  for (let round = -1; round < Number(rounds); round++) {
    const count = size === '5 kB' ? Number(mails) : Math.ceil(Number(mails) / 4)
    const run = `r${process.pid}x${size.replace(' ', '')}x${round + 1}x`
    const all = Array.from({ length: count }, (_, n) => make(n, run))
    const keep = (contents: Buffer) =>
      keepRaw(app, { mailboxId: '', departmentId: 'default', source: 'import', contents, envelope: {} })
    const single = all.slice(0, Math.ceil(count / 10))
    const singles = await rate(single.length, async () => {
      for (const contents of single) await keep(contents)
    })
    const rest = all.slice(single.length)
    const bursts = await rate(rest.length, async () => {
      for (let n = 0; n < rest.length; n += 100) await Promise.all(rest.slice(n, n + 100).map(keep))
    })
    const parsed = await rate(count, async () => {
      for (const contents of all) await PostalMime.parse(contents)
    })
    const accepted = await rate(count, () => acceptWaiting(app))
    const { waiting } = await app.database.reader
      .selectFrom('raw_mails')
      .select((eb) => eb.fn.countAll<number>().as('waiting'))
      .where('state', '<>', 'accepted')
      .executeTakeFirstOrThrow()
    if (Number(waiting) > 0) throw new Error(`${waiting} mails were not accepted`)
    if (round >= 0) console.log(JSON.stringify({ size, singles, bursts, parsed, accepted }))
  }
}
await app.close()
