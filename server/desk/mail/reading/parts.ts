// Takes the text of a mail apart: what was written now, what was quoted, the signature.
import { sanitiseHtml, textOfHtml } from '../../../lib/html.ts'
import type { MailPart } from './mail.ts'

/** The parts in the order of the mail. A mail without text has one empty part. */
export async function partsOf({
  html,
  text,
}: {
  html: string | undefined
  text: string | undefined
}): Promise<MailPart[]> {
  if (html === undefined) return [{ kind: 'message', body: text ?? '', isHtml: false, text: text ?? '' }]
  const body = await sanitiseHtml(html)
  return [{ kind: 'message', body, isHtml: true, text: await textOfHtml(body) }]
}
