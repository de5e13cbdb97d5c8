// Mail: how many are accepted a second, how many become messages, and what one of 25 MB costs in memory.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { smallMail, withAttachment } from './mails.ts'
import { FLAGS, freePort, type Server, startServer, useAllCores } from './servers.ts'

const ROOT = join(import.meta.dirname, '..')
const SUPPORT = 'support@desk.test'
const HUGE_BYTES = 18_500_000

export interface MailBench {
  /** Where data may be made. */
  folder: string
  rounds: number
  durationMs: number
  apiKey: string
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

export async function benchMail({ folder, rounds, durationMs, apiKey }: MailBench): Promise<void> {
  const dataFolder = join(folder, 'run-mail')
  rmSync(dataFolder, { recursive: true, force: true })
  mkdirSync(dataFolder, { recursive: true })
  console.log('\nmail, medians of as many rounds; reading has threads of its own, so it may use both cores\n')
  useAllCores()
  fromRawToMessage(join(folder, 'run-mail-program'), rounds)
  await bySmtp(dataFolder, rounds, durationMs, apiKey)
}

interface Round {
  size: string
  singles: number
  bursts: number
  parsed: number
  accepted: number
}

function fromRawToMessage(dataFolder: string, rounds: number): void {
  rmSync(dataFolder, { recursive: true, force: true })
  const { stdout, status } = spawnSync(
    process.execPath,
    [...FLAGS, join(ROOT, 'bench/mail-program.ts'), dataFolder, '1000', String(rounds)],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  )
  if (status !== 0) throw new Error('bench/mail-program.ts failed')
  // Written by a program of ours a moment ago, one object a line.
  const all: Round[] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  for (const size of ['5 kB', '100 kB']) {
    const of = (key: 'singles' | 'bursts' | 'parsed' | 'accepted'): number =>
      median(all.filter((round) => round.size === size).map((round) => round[key]))
    console.log(
      `${size.padStart(6)}: raw and durable ${of('singles')}/s one by one, ${of('bursts')}/s in bursts of 100; ` +
        `turned into messages ${of('accepted')}/s, bare parser ${of('parsed')}/s: ${(of('accepted') / of('parsed')).toFixed(2)} (aim 0.5)`,
    )
  }
}

async function bySmtp(dataFolder: string, rounds: number, durationMs: number, apiKey: string): Promise<void> {
  const port = await freePort()
  const smtpPort = await freePort()
  const server = await startServer('deskhand', [...FLAGS, join(ROOT, 'bin/deskhand.js'), 'serve'], port, {
    DESKHAND_DATA: dataFolder,
    DESKHAND_API_KEY: apiKey,
    DESKHAND_LOG_LEVEL: 'error',
    DESKHAND_SMTP_PORT: String(smtpPort),
    PORT: String(port),
  })
  try {
    const reply = await fetch(`http://127.0.0.1:${port}/api/v3/mailboxes`, {
      method: 'POST',
      headers: { apikey: apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Support', address: SUPPORT }),
    })
    if (!reply.ok) throw new Error(await reply.text())
    let n = 0
    for (const connections of [1, 16]) {
      const rates: number[] = []
      for (let round = 0; round < rounds; round++) {
        const start = performance.now()
        let count = 0
        await Promise.all(
          Array.from({ length: connections }, () =>
            handOver(smtpPort, () => {
              if (performance.now() - start > durationMs) return undefined
              count++
              return smallMail(n++, `s${process.pid}`)
            }),
          ),
        )
        rates.push(count / ((performance.now() - start) / 1000))
      }
      console.log(
        `  SMTP: ${Math.round(median(rates))} mails of 5 kB accepted a second over ${connections} connection${connections > 1 ? 's' : ''}, while what came before is read`,
      )
    }
    await isRead(server, port, apiKey)
    await huge(server, smtpPort, port, apiKey)
  } finally {
    await server.stop()
  }
}

async function huge(server: Server, smtpPort: number, port: number, apiKey: string): Promise<void> {
  const before = server.memory()
  let highest = before
  const watch = setInterval(() => {
    highest = Math.max(highest, server.memory())
  }, 5)
  let isSent = false
  await handOver(smtpPort, () => {
    if (isSent) return undefined
    isSent = true
    return withAttachment(0, 'huge', HUGE_BYTES)
  })
  await isRead(server, port, apiKey)
  clearInterval(watch)
  console.log(
    `25 MB: ${before} MB of memory before, ${highest} MB at most while it came and was read, ${server.memory()} MB after`,
  )
}

/** Waits until no raw mail waits. */
async function isRead(server: Server, port: number, apiKey: string): Promise<void> {
  for (;;) {
    const reply = await fetch(`http://127.0.0.1:${port}/api/v3/rawmails?state=waiting&limit=1`, {
      headers: { apikey: apiKey },
    })
    if (!reply.ok) throw new Error(`${server.name}: ${await reply.text()}`)
    const answer: unknown = await reply.json()
    if (JSON.stringify(answer).includes('"waiting"') === false) return
    await new Promise((resume) => setTimeout(resume, 100))
  }
}

/** Hands mails over one after the other on one connection until there are no more. */
async function handOver(port: number, next: () => Buffer | undefined): Promise<void> {
  const socket = createConnection({ port, host: '127.0.0.1', noDelay: true })
  let text = ''
  let wake = (): void => {}
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    wake()
  })
  const reply = async (code: string): Promise<void> => {
    for (;;) {
      const match = /^(?:\d{3}-.*\r\n)*(\d{3}) .*\r\n/.exec(text)
      if (match) {
        text = text.slice(match[0].length)
        if (match[1] !== code) throw new Error(`SMTP: ${match[0]}`)
        return
      }
      await new Promise<void>((resume) => {
        wake = resume
      })
    }
  }
  await reply('220')
  socket.write('EHLO bench.test\r\n')
  await reply('250')
  for (let mail = next(); mail; mail = next()) {
    socket.write(`MAIL FROM:<customer@example.org>\r\nRCPT TO:<${SUPPORT}>\r\nDATA\r\n`)
    await reply('250')
    await reply('250')
    await reply('354')
    socket.write(mail)
    socket.write('\r\n.\r\n')
    await reply('250')
  }
  socket.end('QUIT\r\n')
}
