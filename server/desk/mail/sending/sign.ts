// DKIM signatures on mails that leave.
import { createPrivateKey } from 'node:crypto'
import { Readable } from 'node:stream'
import type MimeNode from 'nodemailer/lib/mime-node'

export interface SigningKey {
  domain: string
  selector: string
  /** PEM. */
  privateKey: string
}

/** The mail as bytes, signed. Throws on a key that cannot sign: nodemailer would send the mail without a signature. */
export async function signed(message: MimeNode, { domain, selector, privateKey }: SigningKey): Promise<Readable> {
  if (createPrivateKey(privateKey).asymmetricKeyType === 'rsa') {
    const { default: Dkim } = await import('nodemailer/lib/dkim')
    const signer = new Dkim({ domainName: domain, keySelector: selector, privateKey })
    message.processFunc((input) => signer.sign(input))
    return message.createReadStream()
  }
  // nodemailer knows RSA only. Ed25519 is rare, and a large library is loaded for it.
  const raw = Buffer.concat(await message.createReadStream().toArray())
  const { dkimSign } = await import('mailauth/lib/dkim/sign.js')
  // Its types want them twice; it reads the inner ones.
  const key = { signingDomain: domain, selector, privateKey }
  const { signatures, errors } = await dkimSign(raw, { ...key, signatureData: [key] })
  if (signatures === '')
    throw new Error(`the mail cannot be signed: ${String(errors[0]?.err ?? 'no signature was made')}`)
  return Readable.from([Buffer.from(signatures), raw])
}
