/** Where a PostgreSQL is and who logs in; several hosts between commas are the members of one cluster of it. */
const address = /^postgres(?:ql)?:\/\/([^:@/]+):([^@/]+)@([^/?]+)\/([^/?]+)(\?.*)?$/

export interface Login {
  role: string
  password: string
}

/** The parts of an address that `isPostgresAddress` takes. */
export function partsOf(url: string): Login & { host: string; database: string } {
  const [, role = '', password = '', host = '', database = ''] = address.exec(url) ?? []
  return { role: decodeURIComponent(role), password: decodeURIComponent(password), host, database: decodeURIComponent(database) }
}

/** The same place, with another login. */
export const asLogin = (url: string, { role, password }: Login): string =>
  url.replace(/\/\/[^@/]+@/, () => `//${encodeURIComponent(role)}:${encodeURIComponent(password)}@`)

/** One address for every host. */
export const addressesOf = (url: string): string[] =>
  partsOf(url)
    .host.split(',')
    .map((host) => url.replace(/@[^/?]+/, () => `@${host}`))

/** True for postgres://user:password@host:port/database whose every part can be read. */
export function isPostgresAddress(text: string): boolean {
  try {
    return address.test(text) && partsOf(text).role !== '' && addressesOf(text).every((each) => new URL(each).hostname !== '')
  } catch {
    return false
  }
}
