/** Where a PostgreSQL is and who logs in. */
export const postgresAddress = /^postgres(?:ql)?:\/\/([^:@/]+):([^@/]+)@([^/?]+)\/([^/?]+)(\?.*)?$/

export interface Login {
  role: string
  password: string
}

/** The parts of an address that `postgresAddress` matches. */
export function partsOf(url: string): Login & { host: string; database: string } {
  const [, role = '', password = '', host = '', database = ''] = postgresAddress.exec(url) ?? []
  return { role: decodeURIComponent(role), password: decodeURIComponent(password), host, database: decodeURIComponent(database) }
}

/** The same place, with another login. */
export const asLogin = (url: string, { role, password }: Login): string =>
  url.replace(/\/\/[^@/]+@/, () => `//${encodeURIComponent(role)}:${encodeURIComponent(password)}@`)
