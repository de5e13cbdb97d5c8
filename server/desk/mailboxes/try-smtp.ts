// Trying a server that sends: as far as it goes without sending anything.
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SMTPConnectionAuth, SMTPConnectionCustomAuthContext } from 'nodemailer/lib/smtp-connection'
import { type Login, SHORT_PATIENCE, tlsOptions } from './connect.ts'
import type { OutgoingSettings } from './mailbox.ts'
import { MailServerTrouble, quoted } from './trouble.ts'

/** nodemailer lets nobody send single commands but a sign-in of one's own: this one signs nobody in. */
const ENVELOPE = 'DESKHAND-ENVELOPE'

/**
 * Connects, signs in, names the sender and, as recipient, the mailbox itself, and takes it back: what many servers refuse
 * only then is known now. Throws what troubleOf understands.
 */
export async function trySmtp(settings: OutgoingSettings, login: Login, address: string): Promise<void> {
  const { default: Smtp } = await import('nodemailer/lib/smtp-connection')
  const { host, port, security } = settings
  let refused: MailServerTrouble | undefined
  const smtp = new Smtp({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: tlsOptions(settings),
    connectionTimeout: SHORT_PATIENCE.connectMs,
    dnsTimeout: SHORT_PATIENCE.connectMs,
    greetingTimeout: SHORT_PATIENCE.greetingMs,
    socketTimeout: SHORT_PATIENCE.silenceMs,
    customAuth: {
      // Thrown here, it would become an error of nodemailer's own.
      [ENVELOPE]: async (context) => {
        refused = await tryEnvelope(context, host, address)
      },
    },
  })
  const broken = new Promise<never>((_resolve, reject) => {
    smtp.on('error', reject)
    smtp.on('end', () => reject(new Error('the server ended the connection')))
  })
  broken.catch(() => {})
  try {
    await Promise.race([broken, new Promise<void>((resolve, reject) => smtp.connect(settle(resolve, reject)))])
    if (login !== undefined) {
      if (!smtp.allowsAuth)
        throw new MailServerTrouble(
          'auth',
          `${host} offers no way to sign in on port ${port}. Use its port for sending (465 or 587), or no user name.`,
        )
      await Promise.race([broken, signIn(smtp, await authOf(settings.user, login))])
    }
    await Promise.race([broken, signIn(smtp, { user: '', method: ENVELOPE })])
    if (refused !== undefined) throw refused
  } finally {
    smtp.close()
  }
}

async function authOf(user: string, login: NonNullable<Login>): Promise<SMTPConnectionAuth> {
  if ('password' in login) return { user, credentials: { user, pass: login.password } }
  const { default: XOAuth2 } = await import('nodemailer/lib/xoauth2')
  return { user, method: 'XOAUTH2', oauth2: new XOAuth2({ user, accessToken: login.accessToken }) }
}

const signIn = (smtp: SMTPConnection, auth: SMTPConnectionAuth): Promise<void> =>
  new Promise((resolve, reject) => smtp.login(auth, settle(resolve, reject)))

const settle = (resolve: () => void, reject: (error: Error) => void) => (error?: Error | null) =>
  error ? reject(error) : resolve()

async function tryEnvelope(
  { sendCommand }: SMTPConnectionCustomAuthContext,
  host: string,
  address: string,
): Promise<MailServerTrouble | undefined> {
  const sender = await sendCommand(`MAIL FROM:<${address}>`)
  if (sender.status >= 500)
    return new MailServerTrouble(
      'user',
      `${host} lets this user not send as ${address}. It says: ${quoted(sender.response)}`,
    )
  const recipient = sender.status < 400 ? await sendCommand(`RCPT TO:<${address}>`) : sender
  await sendCommand('RSET')
  if (recipient.status >= 500)
    return new MailServerTrouble(
      'user',
      `${host} takes no mail from ${address}. It says: ${quoted(recipient.response)}`,
    )
  return undefined
}
