// Style attributes: what sets letters, colours and sizes stays; what moves, covers, hides or loads goes.

const PROPERTIES = new Set(
  (
    'color background background-color text-align text-decoration text-indent text-transform letter-spacing direction ' +
    'font font-size font-weight font-style font-family font-variant line-height white-space vertical-align word-break word-wrap overflow-wrap ' +
    'width height max-width min-width table-layout ' +
    'padding padding-top padding-right padding-bottom padding-left margin margin-top margin-right margin-bottom margin-left ' +
    'border border-top border-right border-bottom border-left border-color border-style border-width border-radius border-collapse border-spacing ' +
    'list-style-type'
  ).split(' '),
)

/** Colours, sizes and names; no addresses, no escapes, no comments. */
const SAFE_VALUE = /^[a-z0-9#%.,()'"! -]{1,200}$/i
const COLOUR = /\b(?:rgb|hsl)a?\([0-9.,% ]{1,60}\)/gi

const known = new Map<string, string>()
const KNOWN_LIMIT = 2_000

/** Newsletters say the same hundred times: what was cleaned is remembered for a while. */
export function cleanStyle(style: string): string {
  const found = known.get(style)
  if (found !== undefined) return found
  const cleaned = clean(style)
  if (style.length > 500) return cleaned
  if (known.size >= KNOWN_LIMIT) known.clear()
  known.set(style, cleaned)
  return cleaned
}

const MAX_STYLE = 5_000

function clean(style: string): string {
  if (style.length > MAX_STYLE) return ''
  let out = ''
  for (const declaration of style.split(';')) {
    const colon = declaration.indexOf(':')
    if (colon < 0) continue
    const property = declaration.slice(0, colon).trim().toLowerCase()
    const value = declaration.slice(colon + 1).trim()
    if (PROPERTIES.has(property) && isSafe(value)) out += `${out && ';'}${property}:${value}`
  }
  return out
}

/** `url()` and `expression()` have parentheses; a quote that stays open would swallow what follows. */
function isSafe(value: string): boolean {
  if (!SAFE_VALUE.test(value)) return false
  if (value.includes('(') && /[()]/.test(value.replace(COLOUR, ''))) return false
  return value.includes(')') === value.includes('(') && isEven(value, '"') && isEven(value, "'")
}

const isEven = (text: string, char: string): boolean => text.split(char).length % 2 === 1
