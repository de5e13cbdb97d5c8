// Message texts. HTML from anywhere is hostile: it is cleaned before it is stored, and text is made from it for previews.
// Both libraries are loaded when the first HTML arrives; most installations start without.

import { escapeHtml } from './markup.ts'

const MAX_NESTING = 250
/** Tags that are open at the same time. The parser's time for each grows with them; no mail program writes so many. */
const MAX_OPEN_TAGS = 1_000
/** Of longer texts the rest cannot be found by its words, and is not needed for previews. */
const TEXT_LIMIT = 500_000

/**
 * HTML without anything that runs, frames, submits, or is loaded without being asked for. What is nested beyond all
 * measure is kept as the text that it is written in.
 */
export async function sanitiseHtml(html: string): Promise<string> {
  try {
    return await sanitiseNested(html)
  } catch (error) {
    if (error instanceof TooDeep) return escapeHtml(html)
    throw error
  }
}

class TooDeep extends Error {}

async function sanitiseNested(html: string): Promise<string> {
  const { default: sanitize } = await import('sanitize-html')
  let open = 0
  return sanitize(html, {
    onOpenTag: () => {
      if (++open > MAX_OPEN_TAGS) throw new TooDeep('too many tags are open at the same time')
    },
    onCloseTag: () => {
      open--
    },
    allowedTags: [...sanitize.defaults.allowedTags, 'img', 'del', 'ins', 'font', 'center', 'details', 'summary'],
    allowedAttributes: {
      '*': [
        'style',
        'title',
        'dir',
        'lang',
        'align',
        'valign',
        'width',
        'height',
        'bgcolor',
        'color',
        'border',
        'cellpadding',
        'cellspacing',
      ],
      a: ['href', 'name', 'target', 'rel'],
      img: ['src', 'alt', 'width', 'height'],
      td: ['colspan', 'rowspan'],
      th: ['colspan', 'rowspan', 'scope'],
      ol: ['start', 'type'],
      font: ['face', 'size', 'color'],
    },
    allowedStyles: {
      '*': {
        color: [SAFE_VALUE],
        'background-color': [SAFE_VALUE],
        'text-align': [SAFE_VALUE],
        'text-decoration': [SAFE_VALUE],
        'font-size': [SAFE_VALUE],
        'font-weight': [SAFE_VALUE],
        'font-style': [SAFE_VALUE],
        'font-family': [SAFE_VALUE],
        'line-height': [SAFE_VALUE],
        'white-space': [SAFE_VALUE],
        'vertical-align': [SAFE_VALUE],
        width: [SAFE_VALUE],
        height: [SAFE_VALUE],
        'max-width': [SAFE_VALUE],
        padding: [SAFE_VALUE],
        margin: [SAFE_VALUE],
        border: [SAFE_VALUE],
        'border-collapse': [SAFE_VALUE],
      },
    },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: { img: ['http', 'https', 'cid', 'data'] },
    allowProtocolRelative: false,
    nestingLimit: MAX_NESTING,
    transformTags: {
      a: (tagName, attribs) => ({ tagName, attribs: { ...attribs, rel: 'noopener noreferrer nofollow' } }),
      // An SVG in a data URL can carry script; pixel formats cannot.
      img: (tagName, attribs) => ({
        tagName,
        attribs: isDataOtherThanPixels(attribs.src ?? '') ? { alt: attribs.alt ?? '' } : attribs,
      }),
    },
  })
}

/** As browsers read an address: without regard to case, and to blanks and controls wherever they stand. */
function isDataOtherThanPixels(address: string): boolean {
  const beginning = address.replace(/[\p{Cc} ]+/gu, '').slice(0, 30)
  return /^data:/i.test(beginning) && !/^data:image\/(png|jpe?g|gif|webp);/i.test(beginning)
}

/** Colours, sizes and names; no url(), no expression(), no escapes. */
const SAFE_VALUE = /^[a-z0-9#%.,()'" -]{1,100}$/i

/** The text of HTML, for previews and searches. */
export async function textOfHtml(html: string): Promise<string> {
  const { convert } = await import('html-to-text')
  // Cut here: the converter would say on the console that it does.
  const text = convert(html.slice(0, TEXT_LIMIT), {
    wordwrap: false,
    limits: { maxInputLength: TEXT_LIMIT, maxDepth: MAX_NESTING },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
      // A `> ` before each line at each level would make hundreds of megabytes out of two.
      { selector: 'blockquote', format: 'block' },
      // Headings would be shouted: IN CAPITALS.
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  })
  // Lists in lists are indented line by line: they grow, too.
  return text.slice(0, TEXT_LIMIT)
}

export interface PreparedText {
  body: string
  isHtml: boolean
  text: string
}

/** A message text ready to be stored. Takes milliseconds for HTML: before the transaction, never inside. */
export async function prepareText(source: string, isHtml: boolean): Promise<PreparedText> {
  if (!isHtml) return { body: source, isHtml, text: source }
  const body = await sanitiseHtml(source)
  return { body, isHtml, text: await textOfHtml(body) }
}
