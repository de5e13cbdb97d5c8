// Addresses of the public pages.

export const filePath = (fileId: string, publicCode: string): string =>
  `/scripts/file.php?view=Y&file=${encodeURIComponent(fileId)}&cid=${encodeURIComponent(publicCode)}`

export const conversationPath = (publicCode: string, earlier = 0): string =>
  `/index.php?type=my_tickets&cid=${encodeURIComponent(publicCode)}${earlier > 0 ? `&earlier=${earlier}` : ''}`
