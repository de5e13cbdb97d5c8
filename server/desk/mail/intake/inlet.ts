// Where other mail servers hand over mail for our mailboxes: SMTP, and LMTP for a mail server on the same machine.
// Nothing is relayed: who is none of our mailboxes is refused, whoever asks.
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createSecureContext } from 'node:tls'
import type { SMTPServer, SMTPServerOptions } from 'smtp-server'
import { SetupError } from '../../../lib/setup-error.ts'
import type { MailDesk } from '../mail-desk.ts'
import { Handover } from './handover.ts'

export interface InletSettings {
  /** 0: a free one; undefined: none. */
  smtpPort: number | undefined
  lmtpPort: number | undefined
  host: string
  /** In bytes. */
  sizeLimit: number
  /** Names of PEM files. */
  tls: { cert: string; key: string } | undefined
}

export interface Inlets {
  /** The ports that it listens on. */
  smtpPort: number | undefined
  lmtpPort: number | undefined
  /** Takes no more mail, and finishes what is under way. Before the database closes. */
  close(): Promise<void>
}

const MAX_CLIENTS = 200
const MAX_RECIPIENTS = 100
/** RFC 5321, 4.5.3.2.7: at least five minutes. */
const IDLE_MS = 5 * 60_000
const MAX_COMMAND_BYTES = 4_096
/** Less than what main.ts and container engines wait for the whole. */
const CLOSE_PATIENCE_MS = 7_000

/** Listens where the settings say. Throws SetupError when it cannot. */
export async function openInlets(desk: MailDesk, settings: InletSettings): Promise<Inlets> {
  const opened: Inlet[] = []
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((inlet) => inlet.close()))
  }
  const openOne = async (protocol: 'smtp' | 'lmtp', port: number | undefined): Promise<number | undefined> => {
    if (port === undefined) return undefined
    const inlet = await openInlet(desk, settings, protocol, port)
    opened.push(inlet)
    return inlet.port
  }
  try {
    const smtpPort = await openOne('smtp', settings.smtpPort)
    const lmtpPort = await openOne('lmtp', settings.lmtpPort)
    return { smtpPort, lmtpPort, close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Inlet {
  port: number
  close(): Promise<void>
}

async function openInlet(
  desk: MailDesk,
  settings: InletSettings,
  protocol: 'smtp' | 'lmtp',
  port: number,
): Promise<Inlet> {
  // Imported here: most desks fetch their mail and never need it.
  const { SMTPServer } = await import('smtp-server')
  const handover = new Handover(desk, protocol, settings.sizeLimit)
  const server = new SMTPServer({ ...optionsOf(settings, protocol), ...handover.handlers })
  handover.attend(server.connections)
  await listen(server, settings, protocol, port)
  // Clients that break off are everyday life; nothing of ours depends on them.
  server.on('error', (error) => desk.log.debug({ err: error, protocol }, 'a connection that hands over mail broke off'))
  const address = server.server.address() as AddressInfo
  return { port: address.port, close: () => closeServer(server, handover) }
}

function optionsOf(settings: InletSettings, protocol: 'smtp' | 'lmtp'): SMTPServerOptions {
  return {
    lmtp: protocol === 'lmtp',
    banner: 'Deskhand',
    size: settings.sizeLimit,
    rejectOversized: true,
    maxClients: MAX_CLIENTS,
    maxRecipients: MAX_RECIPIENTS,
    maxCommandLength: MAX_COMMAND_BYTES,
    socketTimeout: IDLE_MS,
    closeTimeout: CLOSE_PATIENCE_MS,
    hideENHANCEDSTATUSCODES: false,
    // A name server that does not answer would delay every mail, and nobody asks for the name.
    disableReverseLookup: true,
    // Senders like `name.@docomo.ne.jp` are against the rules and exist; recipients are compared with the mailboxes.
    lenientAddressParsing: true,
    // Nobody signs in here: that is for servers that relay. The last three are jokes of the library.
    disabledCommands: ['AUTH', 'XCLIENT', 'XFORWARD', 'WIZ', 'SHELL', 'KILL', ...(settings.tls ? [] : ['STARTTLS'])],
    logger: false,
    ...(settings.tls && tlsOptions(settings.tls)),
  }
}

function tlsOptions(files: { cert: string; key: string }): SMTPServerOptions {
  const cert = readPem(files.cert, 'DESKHAND_SMTP_CERT')
  const key = readPem(files.key, 'DESKHAND_SMTP_KEY')
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    throw new SetupError(
      `The certificate '${files.cert}' (setting DESKHAND_SMTP_CERT) and the key '${files.key}' (DESKHAND_SMTP_KEY) cannot be used: ${messageOf(error)}`,
    )
  }
  return { cert, key, minVersion: 'TLSv1.2' }
}

function readPem(file: string, setting: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new SetupError(`The file '${file}' (setting ${setting}) cannot be read: ${messageOf(error)}`)
  }
}

async function listen(
  server: SMTPServer,
  { host }: InletSettings,
  protocol: 'smtp' | 'lmtp',
  port: number,
): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (error) {
    throw explainListening(error, host, protocol, port)
  }
}

function explainListening(error: unknown, host: string, protocol: 'smtp' | 'lmtp', port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const setting = protocol === 'smtp' ? 'DESKHAND_SMTP_PORT' : 'DESKHAND_LMTP_PORT'
  if (code === 'EADDRINUSE')
    return new SetupError(
      `Port ${port} on ${host} is in use by another program. Stop it, or set ${setting} to another number.`,
    )
  if (code === 'EACCES')
    return new SetupError(
      `This user may not listen on port ${port}. Set ${setting} to 1024 or above, and let a mail server or a firewall rule hand mail on to it.`,
    )
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new SetupError(
      `This machine has no address '${host}'. Set DESKHAND_MAIL_HOST to 127.0.0.1, or to 0.0.0.0 for every network.`,
    )
  return error
}

function closeServer(server: SMTPServer, handover: Handover): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    handover.dismiss()
  })
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
