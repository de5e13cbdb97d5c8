// Dovecot for a test: IMAP with STARTTLS, IMAP over TLS, LMTP. Every address has a mailbox, with one password for all.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Certificate } from './certificates.ts'
import { GOOD } from './certificates.ts'
import {
  freePorts,
  newServerFolder,
  PATH_WITH_SERVERS,
  type RunningServer,
  removeFolder,
  startProgram,
} from './process.ts'

export const MAIL_PASSWORD = 'open-sesame'

export interface DovecotOptions {
  certificate?: Certificate
  /** What the server says that it can, instead of all: without IDLE, for example. */
  capability?: string
  /** Where it asks whether an OAuth 2 access token is valid: the token is put behind. Without it: passwords only. */
  introspectionUrl?: string
}

export interface Dovecot {
  imapPort: number
  imapsPort: number
  lmtpPort: number
  /** How many IMAP connections a user has now. */
  connectionsOf(user: string): number
  /** Ends it; `start` brings it back on the same ports with the same mails. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Ends it and removes everything. */
  remove(): Promise<void>
}

export async function startDovecot(options: DovecotOptions = {}): Promise<Dovecot> {
  const folder = newServerFolder()
  const [imapPort = 0, imapsPort = 0, lmtpPort = 0] = await freePorts(3)
  const config = writeConfig(folder, { imapPort, imapsPort, lmtpPort }, options)
  let running: RunningServer | undefined
  const dovecot: Dovecot = {
    imapPort,
    imapsPort,
    lmtpPort,
    connectionsOf(user) {
      const { stdout } = spawnSync('doveadm', ['-c', config, 'who', '-1', user], { env: { PATH: PATH_WITH_SERVERS } })
      return stdout
        .toString()
        .split('\n')
        .filter((line) => line.startsWith(`${user} `)).length
    },
    async start() {
      // It was ended hard: nobody has taken it away.
      rmSync(join(folder, 'run/master.pid'), { force: true })
      running = await startProgram('dovecot', ['-F', '-c', config], imapPort)
    },
    async stop() {
      await running?.stop()
      running = undefined
    },
    async remove() {
      await dovecot.stop()
      removeFolder(folder)
    },
  }
  await dovecot.start()
  return dovecot
}

function writeConfig(
  folder: string,
  ports: Pick<Dovecot, 'imapPort' | 'imapsPort' | 'lmtpPort'>,
  { certificate = GOOD, capability, introspectionUrl }: DovecotOptions,
): string {
  const at = (name: string): string => join(folder, name)
  chmodSync(folder, 0o755)
  mkdirSync(at('mail'))
  chmodSync(at('mail'), 0o777)
  writeFileSync(at('certificate.pem'), certificate.certificate)
  writeFileSync(at('key.pem'), certificate.key, { mode: 0o600 })
  const file = at('dovecot.conf')
  // The only place that says where base_dir is: sockets must fit into 108 characters.
  writeFileSync(
    file,
    `
protocols = imap lmtp
base_dir = ${at('run')}
state_dir = ${at('state')}
log_path = ${at('log')}
listen = 127.0.0.1
ssl = yes
ssl_cert = <${at('certificate.pem')}
ssl_key = <${at('key.pem')}
disable_plaintext_auth = no
auth_mechanisms = plain login${introspectionUrl === undefined ? '' : ' xoauth2'}
auth_failure_delay = 0
default_login_user = nobody
default_internal_user = nobody
default_internal_group = nogroup
first_valid_uid = 1
login_trusted_networks =
mail_location = maildir:~/Maildir
mail_max_userip_connections = 200
imap_idle_notify_interval = 2 mins
${capability === undefined ? '' : `imap_capability = ${capability}`}
${introspectionUrl === undefined ? '' : oauth(folder, introspectionUrl)}
passdb {
  driver = static
  args = password=${MAIL_PASSWORD}
  mechanisms = plain login none
}
userdb {
  driver = static
  args = uid=mail gid=mail home=${at('mail')}/%u
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${ports.imapPort}
  }
  inet_listener imaps {
    port = ${ports.imapsPort}
    ssl = yes
  }
}
service anvil {
  chroot =
  # No pause after wrong passwords.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service lmtp {
  inet_listener lmtp {
    port = ${ports.lmtpPort}
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
`,
  )
  return file
}

function oauth(folder: string, introspectionUrl: string): string {
  const file = join(folder, 'oauth2.conf.ext')
  writeFileSync(
    file,
    `introspection_url = ${introspectionUrl}
introspection_mode = get
username_attribute = email
active_attribute = active
active_value = true
`,
  )
  return `passdb {\n  driver = oauth2\n  mechanisms = xoauth2\n  args = ${file}\n}\n`
}
