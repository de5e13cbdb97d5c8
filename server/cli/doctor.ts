// deskhand doctor
import { Command } from 'commander'
import { ConfigError, describeSettings, readConfig, type SettingDescription } from '../config.ts'
import { checkDatabase } from './checks/database.ts'
import { type Finding, fail, ok } from './checks/finding.ts'
import { checkFolder, checkNode } from './checks/machine.ts'
import { checkPort } from './checks/port.ts'
import { Exit, exitCodes, type Io } from './io.ts'
import { examples, json } from './print.ts'

export const doctorCommand = (io: Io): Command =>
  new Command('doctor')
    .summary('check the installation')
    .description(
      'Checks the installation and says what to do about what is wrong. Changes nothing, and may run beside a server. On a large database the check of its integrity takes a while. Exit code 1 if something failed.',
    )
    .option('--json', 'print the findings and settings as JSON')
    .addHelpText('after', examples('npx deskhand doctor'))
    .action(async (options: { json?: boolean }) => {
      const findings: Finding[] = []
      const say = (finding: Finding): void => {
        findings.push(finding)
        if (!options.json) io.out(line(finding))
      }
      say(checkNode())
      const settings = describeSettings().map((setting) => ({ ...setting, value: shownValue(setting, io.env) }))
      try {
        const config = readConfig(io.env)
        say(ok('settings', 'all can be used'))
        if (!options.json) for (const setting of settings) io.out(settingLine(setting))
        for (const finding of checkFolder(config)) say(finding)
        for (const finding of await checkDatabase(config)) say(finding)
        say(await checkPort(config))
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error
        for (const fault of error.message.split('\n')) say(fail('settings', fault, 'Correct it: docs/running.md'))
      }
      if (options.json) io.out(json({ findings, settings }))
      if (findings.some(({ state }) => state === 'fail')) throw new Exit(exitCodes.failure)
    })

const line = ({ state, about, says, todo }: Finding): string =>
  `${state.padEnd(4)}  ${about.padEnd(11)}  ${says}\n${todo === undefined ? '' : `${' '.repeat(19)}→ ${todo}\n`}`

/** The value in use, as far as it may be shown; null: not set, and there is no default. */
function shownValue({ name, fallback, isSecret }: SettingDescription, env: Io['env']): string | null {
  const given = env[name]
  if (given === undefined || given === '') return fallback ?? null
  if (!isSecret) return given
  return name === 'DATABASE_URL' && URL.canParse(given) ? withoutPassword(given) : '(hidden)'
}

function withoutPassword(text: string): string {
  const url = new URL(text)
  if (url.password) url.password = '***'
  // Options of the connection can carry one too.
  url.search = ''
  return url.href
}

const settingLine = ({ name, value, meaning }: SettingDescription & { value: string | null }): string =>
  `${' '.repeat(6)}${`${name}=${value ?? '(not set)'}`}\n${' '.repeat(8)}${meaning}\n`
