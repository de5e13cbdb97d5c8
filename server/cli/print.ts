// How commands print lists and help.

type Cell = string | number | null

/** Columns under their names, as wide as they need to be. Without rows, a sentence. */
export function table(columns: readonly string[], rows: readonly (readonly Cell[])[], none: string): string {
  if (rows.length === 0) return `${none}\n`
  const lines = [
    columns.map((name) => name.toUpperCase()),
    ...rows.map((row) => row.map((cell) => String(cell ?? '–'))),
  ]
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** `2026-11-21 08:30` in UTC; null: never. */
export const dateText = (at: number | null): string | null =>
  at === null ? null : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}`

export const isoText = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

/** The part of a help text that shows how a command is used. */
export const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`
