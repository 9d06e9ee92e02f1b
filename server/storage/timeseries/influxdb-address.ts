const databaseName = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/

export interface InfluxAddress {
  protocol: 'http' | 'https'
  host: string
  port: number
  database: string
  credentials: { username: string; password: string } | undefined
}

/**
 * The parts of http://user:password@host:port/database; the database is `aia_metrics` where none is named.
 * @throws Error for what is no such address
 */
export function influxAddress(text: string): InfluxAddress {
  const url = new URL(text)
  const database = url.pathname.slice(1) || 'aia_metrics'
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || !databaseName.test(database) || url.search || url.hash)
    throw new Error('No address of an InfluxDB.')
  return {
    protocol: url.protocol === 'https:' ? 'https' : 'http',
    host: url.hostname,
    port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    database,
    credentials: url.username ? { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) } : undefined,
  }
}

export function isInfluxAddress(text: string): boolean {
  try {
    influxAddress(text)
    return true
  } catch {
    return false
  }
}
