// What is printed at a start.
import type { RunningApp } from './app.ts'
import { VERSION } from './version.ts'

/** One line; at the first start, also what is needed next. It is the only time that password and key can be shown. */
export function welcome({ config, firstStart, publicUrl, database }: RunningApp): string {
  const url = publicUrl()
  const line = `Deskhand ${VERSION} serves ${url} (${database.engine === 'sqlite' ? 'embedded database' : 'PostgreSQL'})\n`
  if (!firstStart) return line
  return `${line}
${credentials(firstStart, config)}
Try it:

  curl '${url}/api/conversations?apikey=${config.apiKey === undefined ? firstStart.apiKey : 'YOUR_KEY'}'

The calls are described at ${url}/api/docs. Fill it with a believable small desk: npx deskhand demo
`
}

/** What the first start made up. What the administrator gave himself is not repeated: output ends up in logs. */
export const credentials = (
  { ownerEmail, ownerPassword, apiKey }: NonNullable<RunningApp['firstStart']>,
  given: { ownerPassword: string | undefined; apiKey: string | undefined },
): string => `This is the first start. Write these down: they are shown this once.

  Owner      ${ownerEmail}
  Password   ${given.ownerPassword === undefined ? ownerPassword : '(as in DESKHAND_OWNER_PASSWORD)'}
  API key    ${given.apiKey === undefined ? apiKey : '(as in DESKHAND_API_KEY)'}
`
