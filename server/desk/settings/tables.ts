/** One row a setting; `value` is JSON. Also keeps what the installation made up at its first start (secret, dates). */
export interface SettingRow {
  key: string
  value: string
}
