// What mail programs write into their HTML about quotes and signatures.
import type { TreeNode } from '../../../lib/html-tree.ts'

export type HtmlMark =
  /** All that is in it is quoted. */
  | 'quote'
  /** Holds a quote, with who wrote it above; between its quotes there may be answers. */
  | 'holder'
  | 'attribution'
  | 'signature'
  /** What follows is quoted, wherever it stands. */
  | 'rest'
  /** Set in: a quote if somebody is named above it. */
  | 'indented'

const list = (mark: HtmlMark, names: string): [string, HtmlMark][] => names.split(' ').map((name) => [name, mark])

const CLASSES = new Map<string, HtmlMark>([
  ...list('holder', 'gmail_quote gmail_quote_container protonmail_quote nylas-quote'),
  ...list('quote', 'yahoo_quoted tutanota_quote zmail_extra missive_quote freshdesk_quote front-blockquote'),
  ...list('quote', 'ntes-mailmaster-quote moz-email-quote quoted-text mailru-blockquote hey-quote email_quoted'),
  ...list('attribution', 'gmail_attr moz-cite-prefix cite-prefix'),
  ...list('signature', 'gmail_signature gmail_signature_prefix moz-signature protonmail_signature_block'),
  ...list('signature', 'ms-outlook-mobile-signature zmail_signature email-signature yahoo_signature sh-signature'),
  ...list('signature', 'protonmail_signature_block-user protonmail_signature_block-proton tutanota_signature'),
  ...list('rest', 'OutlookMessageHeader zd-reply-marker'),
])

const IDS = new Map<string, HtmlMark>([
  ...list('quote', 'OLK_SRC_BODY_SECTION mail-editor-reference-message-container isReplyContent yahoo_quoted'),
  ...list('quote', 'reply-quote origbody'),
  ...list(
    'signature',
    'Signature AppleMailSignature ms-outlook-mobile-signature composer_signature lineBreakAtBeginningOfSignature',
  ),
  ...list('signature', 'MobileSignature'),
  ...list('attribution', 'reply-intro'),
  ...list(
    'rest',
    'divRplyFwdMsg appendonsend stopSpelling zwchr oriMsgHtmlSeperator ms-outlook-mobile-body-separator-line',
  ),
])

const NAMES = new Map<string, HtmlMark>([
  ...list('quote', 'quote messageReplySection'),
  ...list('signature', 'messageSignatureSection'),
])

/** What an element says of itself. Mail programs put `x_` before the names in what they quote. */
export function markOf({ tag, attributes }: TreeNode): HtmlMark | undefined {
  const { class: classes, id, name } = attributes
  const isBlockquote = tag === 'blockquote'
  if (isBlockquote && isQuoting(attributes)) return 'quote'
  if (id !== undefined) {
    const mark = IDS.get(id) ?? (id.startsWith('yahoo_quoted') ? 'quote' : undefined)
    if (mark) return mark
  }
  if (classes !== undefined)
    for (const part of classes.split(' ', 20)) {
      const mark = CLASSES.get(part)
      if (mark) return isBlockquote && mark === 'holder' ? 'quote' : mark
    }
  if (name !== undefined && tag === 'div') {
    const mark = NAMES.get(name)
    if (mark) return mark
  }
  if (isBlockquote) return 'indented'
  const { style } = attributes
  if (style === undefined || tag !== 'div') return undefined
  if (style.includes('border-left')) return 'indented'
  return BORDER_ABOVE.test(style.slice(0, 200)) ? 'rest' : undefined
}

/** The line that Outlook draws above the headers of what it quotes. Whether they are there is for the caller to see. */
const BORDER_ABOVE = /border:\s?none;\s?border-top:\s?solid/i
export const isBorderAbove = ({ attributes }: TreeNode): boolean =>
  BORDER_ABOVE.test((attributes.style ?? '').slice(0, 200))

const isQuoting = ({ type, class: classes = '', cite, style = '' }: TreeNode['attributes']): boolean =>
  type?.toLowerCase() === 'cite' || cite !== undefined || /border-left/.test(style) || /quot|cite/i.test(classes)
