// One line on stderr that shows how far long work has come; silent where nobody watches.

/** A progress bar for `total` steps. Call `step` as often as you like: it draws at most ten times a second. */
export function progressBar(label: string, total: number, out: NodeJS.WriteStream = process.stderr) {
  const started = Date.now()
  let done = 0
  let drawn = 0
  const draw = (now: number): void => {
    drawn = now
    const share = total === 0 ? 1 : Math.min(1, done / total)
    const filled = Math.round(share * 24)
    const seconds = (now - started) / 1000
    const left = share > 0 ? Math.round(seconds / share - seconds) : 0
    const rate = seconds > 0 ? Math.round(done / seconds) : 0
    const bar = '█'.repeat(filled) + '░'.repeat(24 - filled)
    out.write(`\r${label} ${bar} ${Math.floor(share * 100)} % · ${done}/${total} · ${rate}/s · ${left} s left \x1b[K`)
  }
  return {
    step(count = 1): void {
      done += count
      const now = Date.now()
      if (out.isTTY && now - drawn > 100) draw(now)
    },
    end(): void {
      if (!out.isTTY) return
      draw(Date.now())
      out.write('\n')
    },
  }
}
