// A submission server for a test, in this process: TLS, STARTTLS, signing in by password and OAuth 2. Keeps what it takes.
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { type Certificate, GOOD } from './certificates.ts'
import { MAIL_PASSWORD } from './dovecot.ts'

export interface SubmissionOptions {
  certificate?: Certificate
  /** TLS from the first byte. */
  isTls?: boolean
  /** STARTTLS is not offered. */
  isStartTlsHidden?: boolean
  /** Nobody needs to sign in. */
  isOpen?: boolean
  /** Whether an OAuth 2 access token is valid. */
  isTokenValid?: (token: string) => boolean
  /** Refuses, with an answer such as `550 5.1.1 No such user`; undefined: takes it. */
  answer?: (step: 'from' | 'to' | 'data', address: string) => string | undefined
}

export interface TakenMail {
  from: string
  to: string[]
  raw: string
}

export interface Submission {
  port: number
  taken: TakenMail[]
  stop(): Promise<void>
}

/** Who signs in with a password: any name, MAIL_PASSWORD. */
export async function startSubmission(options: SubmissionOptions = {}): Promise<Submission> {
  const taken: TakenMail[] = []
  const { certificate, key } = options.certificate ?? GOOD
  const server = new SMTPServer({
    cert: certificate,
    key,
    secure: options.isTls ?? false,
    disabledCommands: [...(options.isStartTlsHidden ? ['STARTTLS'] : []), ...(options.isOpen ? ['AUTH'] : [])],
    authOptional: options.isOpen ?? false,
    authMethods: options.isTokenValid ? ['PLAIN', 'XOAUTH2'] : ['PLAIN', 'LOGIN'],
    allowInsecureAuth: options.isStartTlsHidden ?? false,
    logger: false,
    disableReverseLookup: true,
    onAuth(auth, _session, done) {
      const isRight =
        auth.method === 'XOAUTH2' ? options.isTokenValid?.(auth.accessToken ?? '') : auth.password === MAIL_PASSWORD
      if (isRight) return done(null, { user: auth.username })
      return done(smtpError('535 5.7.8 Authentication credentials invalid'))
    },
    onMailFrom: ({ address }, _session, done) => done(refusal(options, 'from', address)),
    onRcptTo: ({ address }, _session, done) => done(refusal(options, 'to', address)),
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        const from = mailFrom ? mailFrom.address : ''
        const refused = refusal(options, 'data', from)
        if (refused) return done(refused)
        taken.push({
          from,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('latin1'),
        })
        return done()
      })
    },
  } satisfies SMTPServerOptions)
  // Clients that do not trust the certificate break off: that is what some tests want.
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('the submission server has no port')
  return {
    port: address.port,
    taken,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function refusal({ answer }: SubmissionOptions, step: 'from' | 'to' | 'data', address: string): Error | undefined {
  const text = answer?.(step, address)
  return text === undefined ? undefined : smtpError(text)
}

const smtpError = (answer: string): Error =>
  Object.assign(new Error(answer.slice(4)), { responseCode: Number(answer.slice(0, 3)) })
