// The sentences "may import …" stand in biome.json. Here each is broken once, to see that somebody notices.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ROOT } from './sources.ts'

const folder = mkdtempSync(join(tmpdir(), 'deskhand-rules-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const forbidden: [string, string][] = [
  ['contract/v1/a.ts', '../../server/desk/actor.ts'],
  ['server/lib/a.ts', '../app.ts'],
  ['server/db/a.ts', '../desk/tags/tags.ts'],
  ['server/events/a.ts', '../desk/tags/tags.ts'],
  ['server/jobs/a.ts', '../desk/tags/tags.ts'],
  ['server/desk/tags/a.ts', '../../http/actor.ts'],
  ['server/desk/tags/b.ts', '../../api/v1/route.ts'],
  ['server/desk/tags/c.ts', '../../../contract/v1/params.ts'],
  ['server/desk/mail/accepting/a.ts', '../../../http/actor.ts'],
  ['server/desk/mail/accepting/b.ts', '../../../../contract/v1/params.ts'],
  ['server/api/v1/a.ts', '../../cli/cli.ts'],
  ['server/live/a.ts', '../api/v3/route.ts'],
  ['server/http/a.ts', '../cli/cli.ts'],
]
const allowed: [string, string][] = [
  ['contract/v1/z.ts', '../../server/lib/zone.ts'],
  ['server/lib/z.ts', './errors.ts'],
  ['server/db/z.ts', '../desk/tags/tables.ts'],
  ['server/events/z.ts', '../db/write.ts'],
  ['server/desk/tags/z.ts', '../files/files.ts'],
  ['server/desk/mail/accepting/z.ts', '../../conversations/messages.ts'],
  ['server/live/z.ts', '../http/actor.ts'],
  ['server/api/v1/z.ts', '../../desk/tags/tags.ts'],
]

test('imports against the rules are refused, all others are not', () => {
  cpSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'))
  cpSync(join(ROOT, '.gitignore'), join(folder, '.gitignore'))
  for (const [path, target] of [...forbidden, ...allowed]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), `import { a } from '${target}'\n\nexport const b = a\n`)
  }
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/@biomejs/biome/bin/biome'), 'lint', '--reporter=github', '--max-diagnostics=none', '.'],
    { cwd: folder, encoding: 'utf8' },
  )
  const refused = [...stdout.matchAll(/noRestrictedImports,file=([^,]+)/g)].map(([, file]) =>
    file?.slice(file.indexOf(basename(folder)) + basename(folder).length + 1),
  )
  expect(refused.sort(), stderr).toEqual(forbidden.map(([path]) => path).sort())
})
