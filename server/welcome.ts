// What is printed at a start.
import type { RunningApp } from './app.ts'
import { VERSION } from './version.ts'

/** One line; at the first start, also what is needed next. It is the only time that password and key can be shown. */
export function welcome({ firstStart, publicUrl, database }: RunningApp): string {
  const url = publicUrl()
  const line = `Deskhand ${VERSION} serves ${url} (${database.engine === 'sqlite' ? 'embedded database' : 'PostgreSQL'})\n`
  if (!firstStart) return line
  return `${line}
This is the first start. Write these down: they are shown this once.

  Owner      ${firstStart.ownerEmail}
  Password   ${firstStart.ownerPassword}
  API key    ${firstStart.apiKey}

Try it:

  curl '${url}/api/conversations?apikey=${firstStart.apiKey}'

The calls are described at ${url}/api/docs. Fill it with a believable small desk: npx deskhand demo
`
}
