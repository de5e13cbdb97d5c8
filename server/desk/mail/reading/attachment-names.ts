// Names for attachments that have none: their type says what they are.
import { cleanFileName } from '../../files/names.ts'

const NAMES: Record<string, string> = {
  'text/plain': 'text.txt',
  'text/html': 'text.html',
  'text/calendar': 'invitation.ics',
  'application/ics': 'invitation.ics',
  'text/rfc822-headers': 'headers.txt',
  'message/rfc822-headers': 'headers.txt',
  'message/rfc822': 'message.eml',
  'message/global': 'message.eml',
  'message/partial': 'part-of-message.eml',
  'message/delivery-status': 'delivery-status.txt',
  'message/global-delivery-status': 'delivery-status.txt',
  'message/disposition-notification': 'receipt.txt',
  'message/feedback-report': 'feedback-report.txt',
  'application/pgp-signature': 'signature.asc',
  'application/pgp-encrypted': 'version.asc',
  'application/pgp-keys': 'key.asc',
  'application/pkcs7-signature': 'smime.p7s',
  'application/x-pkcs7-signature': 'smime.p7s',
  'application/pkcs7-mime': 'smime.p7m',
  'application/x-pkcs7-mime': 'smime.p7m',
  'application/ms-tnef': 'winmail.dat',
  'application/pdf': 'document.pdf',
  'application/zip': 'archive.zip',
  'text/vcard': 'card.vcf',
  'text/x-vcard': 'card.vcf',
  'text/directory': 'card.vcf',
  'image/jpeg': 'image.jpg',
  'image/pjpeg': 'image.jpg',
  'image/svg+xml': 'image.svg',
  'image/x-icon': 'image.ico',
  'audio/mpeg': 'sound.mp3',
  'audio/x-wav': 'sound.wav',
}
const KINDS: Record<string, string> = { image: 'image', audio: 'sound', video: 'video', text: 'text' }

export function attachmentName(given: string | undefined, type: string): string {
  const name = given === undefined ? 'file' : cleanFileName(given)
  if (name !== 'file') return name
  const known = NAMES[type]
  if (known !== undefined) return known
  const [kind = '', subtype = ''] = type.split('/')
  const word = KINDS[kind]
  return word !== undefined && /^[a-z0-9]{2,5}$/.test(subtype) ? `${word}.${subtype}` : 'file'
}
