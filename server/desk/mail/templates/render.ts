// A template and its values become a mail: subject, HTML, and the text made from it.
import { html as markup, sanitised } from '../../../lib/markup.ts'
import type { MailWords } from '../words/words.ts'
import { expandHtml, expandHtmlAsText, expandSubject, type Values } from './expand.ts'

export interface ComposedMail {
  subject: string
  /** A whole document. */
  html: string
  text: string
}

export interface MailText {
  subject: string
  html: string
}

export async function renderMail(
  words: MailWords,
  template: MailText,
  values: Values,
  /** Instead of the template's, as it is. */
  givenSubject?: string,
): Promise<ComposedMail> {
  const subject = givenSubject ?? expandSubject(template.subject, values)
  return {
    subject,
    html: documentOf(words, subject, expandHtml(template.html, values)),
    text: `${await expandHtmlAsText(template.html, values)}\n`,
  }
}

/** No colours of our own: programs that show mails on black would have to guess which of them to turn. Nothing remote. */
const documentOf = (words: MailWords, subject: string, body: string): string =>
  markup`<!doctype html>
<html lang="${words.language}" dir="${words.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>
</head>
<body style="font-family: system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; font-size: 15px; line-height: 1.5">
${sanitised(body)}
</body>
</html>
`.toString()
