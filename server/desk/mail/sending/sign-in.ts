// What a mailbox signs in with at the server that sends for it.
import type { Mailbox, OutgoingSettings } from '../../mailboxes/mailbox.ts'
import { secretsOf } from '../../mailboxes/mailbox.ts'
import { accessToken } from '../../mailboxes/oauth.ts'
import type { MailDesk } from '../mail-desk.ts'
import type { SignIn } from './connection.ts'

export async function signInOf(desk: MailDesk, mailbox: Mailbox, server: OutgoingSettings): Promise<SignIn> {
  if (server.user === '' || server.auth === 'none') return undefined
  if (server.auth === 'oauth2')
    return { user: server.user, accessToken: await accessToken(desk, mailbox.id, 'outgoing') }
  const { outgoing } = secretsOf(desk.installation.secret, mailbox)
  return { user: server.user, password: outgoing?.password ?? '' }
}
