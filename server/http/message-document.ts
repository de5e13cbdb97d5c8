// A message as a document of its own, for a frame in a program that shows conversations.
import { escapeHtml, html, sanitised } from '../lib/markup.ts'
import type { ShownHtml } from './shown-html.ts'

const STYLE = `html { color-scheme: light; background: #fff; color: #1d2433; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0; padding: 12px; overflow-wrap: anywhere; }
img { max-width: 100%; height: auto; }
pre { white-space: pre-wrap; }
table { border-collapse: collapse; max-width: 100%; }
blockquote { margin: 8px 0; padding-left: 12px; border-left: 3px solid #d9dde6; }
.plain { white-space: pre-wrap; margin: 0; }
.picture { display: inline-block; padding: 2px 8px; border: 1px dashed #566074; border-radius: 4px; color: #566074; font-size: 13px; }
.note { margin: 0 0 12px; padding: 8px 12px; border-left: 4px solid #1f5fc4; background: #eef4ff; font-size: 13px; }`

/**
 * Nothing runs, nothing is loaded from elsewhere, nothing is sent; the box has no origin, so it cannot reach sessions even
 * if it could run something. Links open outside of it.
 */
export const documentHeaders = (publicUrl: string): Record<string, string> => ({
  'content-security-policy':
    `default-src 'none'; img-src 'self' ${new URL(publicUrl).origin} data:; style-src 'unsafe-inline'; ` +
    "sandbox allow-popups allow-popups-to-escape-sandbox; form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'SAMEORIGIN',
  'cross-origin-opener-policy': 'same-origin',
})

export const messageDocument = ({ html: body, blocked }: ShownHtml): string =>
  html`<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Message</title>
<style>${sanitised(STYLE)}</style>
</head>
<body>
${blocked > 0 && html`<p class="note" role="note">${blocked === 1 ? 'One picture' : `${blocked} pictures`} from elsewhere not shown: loading would tell the sender that this was read.</p>`}
${sanitised(body)}
</body>
</html>
`.toString()

/** A plain text as the body of such a document. */
export const plainBody = (text: string): string => `<p class="plain">${escapeHtml(text)}</p>`
