// `npm run sizes`: where we stand against the sizes that docs/map.md aims at. Not a gate: a file that is clearer long
// stays long.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isTest, ROOT, type Source, sources } from './sources.ts'

const LONG_FILE = 300
const MANY_IMPORTS = 15

const quantile = (numbers: readonly number[], share: number): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length * share)] ?? 0

const importsOf = ({ lines }: Source): number => lines.filter((line) => /\bfrom '[^']+'$/.test(line)).length
const depthOf = (path: string): number => path.split('/').length - 2

const all = sources(['server', 'contract', 'bin', 'tools', 'test', 'bench'])
const code = all.filter(({ path }) => !isTest(path))
const tests = all.filter(({ path }) => isTest(path))
const sum = (files: readonly Source[]): number => files.reduce((total, { lines }) => total + lines.length, 0)

const lengths = code.map(({ lines }) => lines.length)
const imports = code.map(importsOf)
const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

console.table([
  { what: 'lines per file, median', is: quantile(lengths, 0.5), aim: '≤ 60' },
  { what: 'lines per file, 90th percentile', is: quantile(lengths, 0.9), aim: '≤ 180' },
  { what: 'imports per file, median', is: quantile(imports, 0.5), aim: '≤ 5' },
  { what: 'imports per file, 90th percentile', is: quantile(imports, 0.9), aim: '≤ 10' },
  {
    what: 'deepest file below server/',
    is: Math.max(...code.filter(({ path }) => path.startsWith('server/')).map(({ path }) => depthOf(path))),
    aim: '≤ 3',
  },
  { what: 'runtime dependencies', is: Object.keys(dependencies).length, aim: '≤ 25' },
  { what: 'lines of code', is: sum(code), aim: '' },
  { what: 'lines of tests for each line of code', is: (sum(tests) / sum(code)).toFixed(2), aim: '0.8 to 1.2' },
])

for (const file of code) {
  if (file.lines.length > LONG_FILE) console.log(`look again: ${file.path} has ${file.lines.length} lines`)
  if (importsOf(file) > MANY_IMPORTS) console.log(`look again: ${file.path} has ${importsOf(file)} imports`)
}
