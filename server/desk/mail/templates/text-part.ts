// The plain part of a mail, from its HTML. Unlike in previews, links keep their addresses.

const TEXT_LIMIT = 1_000_000

export async function textOfMailHtml(html: string): Promise<string> {
  const { convert } = await import('html-to-text')
  const text = convert(html.slice(0, TEXT_LIMIT), {
    wordwrap: false,
    limits: { maxInputLength: TEXT_LIMIT, maxDepth: 250 },
    selectors: [
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>'] } },
      { selector: 'img', format: 'skip' },
      // A `> ` before each line at each level would make hundreds of megabytes out of two.
      { selector: 'blockquote', format: 'block' },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  })
  return text
    .slice(0, TEXT_LIMIT)
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
