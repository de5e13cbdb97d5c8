// OpenSMTPD for a test: takes mail for every address and hands it on over LMTP. Without TLS and signing in, for Debian's
// 6.8 has lost both with OpenSSL 3 (it says "missing private key"): submission.ts has them.
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { freePorts, newServerFolder, type RunningServer, removeFolder, startProgram } from './process.ts'

/** Mail from this address is refused. */
export const REFUSED_SENDER = 'refused@refused.test'
/** Mail to this address is refused, for good. */
export const REFUSED_RECIPIENT = 'nobody@refused.test'

export interface OpenSmtpd {
  /** On 127.0.0.1, plain; nobody needs to sign in. */
  port: number
  /** Ends it; `start` brings it back on the same port. What waits in its queue is lost. */
  stop(): Promise<void>
  start(): Promise<void>
  remove(): Promise<void>
}

export async function startOpenSmtpd(lmtpPort: number): Promise<OpenSmtpd> {
  const unlock = await lock()
  const folder = newServerFolder()
  const [port = 0] = await freePorts(1)
  let running: RunningServer | undefined
  const smtp: OpenSmtpd = {
    port,
    async start() {
      // Its queue in memory: what a killed test left behind must not go to the next one.
      running = await startProgram('smtpd', ['-d', '-B', 'queue=ram', '-f', join(folder, 'smtpd.conf')], port)
    },
    async stop() {
      await running?.stop()
      running = undefined
    },
    async remove() {
      await smtp.stop()
      removeFolder(folder)
      unlock()
    },
  }
  try {
    writeConfig(folder, port, lmtpPort)
    await smtp.start()
  } catch (error) {
    await smtp.remove()
    throw error
  }
  return smtp
}

function writeConfig(folder: string, port: number, lmtpPort: number): void {
  chmodSync(folder, 0o755)
  writeFileSync(
    join(folder, 'smtpd.conf'),
    `smtp max-message-size 40M
listen on 127.0.0.1 port ${port} hostname localhost
action "hand-on" relay host "lmtp://127.0.0.1:${lmtpPort}"
match from any mail-from "${REFUSED_SENDER}" for any reject
match from any for any rcpt-to "${REFUSED_RECIPIENT}" reject
match from any for any action "hand-on"
`,
    { mode: 0o600 },
  )
}

const LOCK_PATIENCE_MS = 55_000

// The control socket of smtpd has one fixed place on a machine: test files take turns. A socket without a file ends with
// the process that holds it, however that ends.
async function lock(): Promise<() => void> {
  const patience = Date.now() + LOCK_PATIENCE_MS
  for (;;) {
    const server = createServer()
    const isMine = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen('\0deskhand-test-smtpd', () => resolve(true))
    })
    server.unref()
    if (isMine) return () => void server.close()
    if (Date.now() > patience) throw new Error('another test has held OpenSMTPD for too long')
    await new Promise((resume) => setTimeout(resume, 50))
  }
}
