// Rows as a file of SQLite, for the thread that stores them: it copies them with a statement for each table. Handed over
// value by value, most of its work would be to take them.
import { writeFileSync } from 'node:fs'
import { RowEncoder, varintSize, writeVarint } from './row-encoder.ts'
import { type Portion, placesIn, shapes, type TableKey, tableKeys, type Value } from './tables.ts'

/** The largest that there is: no row goes beyond, and one page names all others of a table. */
const PAGE = 65_536
const HEADER = 100
const LEAF = 0x0d
const INNER = 0x05

/** A table that grows. */
interface Growing {
  rows: number
  /** Its full pages and the last row of each. */
  full: { page: number; last: number }[]
  page: number
  cells: number
  /** Where the cells of its last page begin: they are written from the end. */
  begin: number
}

export class RowFile {
  readonly #row = new RowEncoder()
  #bytes: Buffer = Buffer.alloc(64 * PAGE)
  /** The first one says which tables there are. */
  #pages = 1
  readonly #tables = new Map<TableKey, Growing>()

  add(portion: Portion): void {
    const before = { customers: this.#rowsOf('customers'), groups: this.#rowsOf('groups') }
    for (const key of tableKeys) {
      const values = portion[key]
      if (values.length === 0) continue
      const width = shapes[key].columns.length
      const places = placesIn[key]
      const added = places ? before[places] : 0
      const table = this.#tables.get(key) ?? this.#begin(this.#newPage())
      this.#tables.set(key, table)
      for (let from = 0; from < values.length; from += width) this.#append(table, values, from, width, added)
    }
  }

  #rowsOf(key: TableKey): number {
    return this.#tables.get(key)?.rows ?? 0
  }

  /** Writes the file, and forgets what is in it. Gives the tables that have rows. */
  write(path: string): TableKey[] {
    const master = this.#begin(1)
    for (const [key, table] of this.#tables) {
      this.#end(table)
      const { name, columns } = shapes[key]
      const text = `create table ${name} (${columns.map(([column]) => column).join()})`
      this.#append(master, ['table', name, name, this.#rootOf(table), text], 0, 5, 0)
    }
    this.#end(master)
    this.#writeHeader()
    writeFileSync(path, this.#bytes.subarray(0, this.#pages * PAGE))
    const keys = [...this.#tables.keys()]
    this.#tables.clear()
    this.#pages = 1
    return keys
  }

  #begin(page: number): Growing {
    return { rows: 0, full: [], page, cells: 0, begin: PAGE }
  }

  #newPage(): number {
    this.#pages++
    if (this.#pages * PAGE > this.#bytes.length)
      this.#bytes = Buffer.concat([this.#bytes], Math.ceil(this.#bytes.length * 1.5))
    return this.#pages
  }

  #append(table: Growing, values: readonly Value[], from: number, width: number, added: number): void {
    const number = ++table.rows
    this.#row.encode(values, from, width, added)
    const size = this.#row.sizeWith(number)
    if (size > PAGE - HEADER) throw new Error('a row is too long for a page')
    if (table.begin - size < pointersAt(table.page) + 2 * (table.cells + 1)) this.#turnPage(table)
    table.begin -= size
    this.#row.write(this.#bytes, startOf(table.page) + table.begin, number)
    this.#bytes.writeUInt16BE(table.begin, startOf(table.page) + pointersAt(table.page) + 2 * table.cells++)
  }

  #turnPage(table: Growing): void {
    this.#end(table)
    table.full.push({ page: table.page, last: table.rows - 1 })
    Object.assign(table, { page: this.#newPage(), cells: 0, begin: PAGE })
  }

  #end({ page, cells, begin }: Growing): void {
    this.#writePageHeader(page, LEAF, cells, begin)
  }

  #writePageHeader(page: number, type: number, cells: number, begin: number): void {
    const at = startOf(page) + (page === 1 ? HEADER : 0)
    this.#bytes.fill(0, at, at + 8)
    this.#bytes[at] = type
    this.#bytes.writeUInt16BE(cells, at + 3)
    this.#bytes.writeUInt16BE(begin % PAGE, at + 5)
  }

  /** The only page, or one that names all. */
  #rootOf({ full, page: last }: Growing): number {
    if (full.length === 0) return last
    const root = this.#newPage()
    let begin = PAGE
    for (const [cell, { page, last }] of full.entries()) {
      begin -= 4 + varintSize(last)
      if (begin < 12 + 2 * full.length) throw new Error('there are too many rows for a file')
      writeVarint(this.#bytes, this.#bytes.writeUInt32BE(page, startOf(root) + begin), last)
      this.#bytes.writeUInt16BE(begin, startOf(root) + 12 + 2 * cell)
    }
    this.#writePageHeader(root, INNER, full.length, begin)
    this.#bytes.writeUInt32BE(last, startOf(root) + 8)
    return root
  }

  #writeHeader(): void {
    const bytes = this.#bytes.fill(0, 0, HEADER)
    bytes.write('SQLite format 3\0')
    // The size of pages (1: the largest), no journal beside it, and shares of a page that are always the same.
    Buffer.from([0, 1, 1, 1, 0, 64, 32, 32]).copy(bytes, 16)
    // Changes, pages; those of the schema, its format, the encoding; and again the changes, by a version of SQLite.
    const numbers = { 24: 1, 28: this.#pages, 40: 1, 44: 4, 56: 1, 92: 1, 96: 3_050_000 }
    for (const [at, number] of Object.entries(numbers)) bytes.writeUInt32BE(number, Number(at))
  }
}

const startOf = (page: number): number => (page - 1) * PAGE

const pointersAt = (page: number): number => (page === 1 ? HEADER : 0) + 8
