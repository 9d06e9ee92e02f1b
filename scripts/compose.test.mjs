import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { services } from './services/list.mjs'
import { projectDir } from './setup.mjs'

const read = (...path) => readFileSync(join(projectDir, ...path), 'utf8')
const text = read('compose.yaml')
const compose = parse(text)
const settings = { port: 1, password: 'p', adminPassword: 'p', bucket: 'aia' }

it('compose.yaml starts what npm run services starts, and says how AIA reaches it', () => {
  const names = Object.keys(services).filter((name) => !services[name].byNameOnly)
  expect(Object.keys(compose.services).toSorted()).toEqual(names.toSorted())
  for (const name of names) {
    // NEO4J_USER has a default.
    for (const variable of Object.keys(services[name].variables(settings))) if (variable !== 'NEO4J_USER') expect(text).toContain(`${variable}=`)
  }
})

it('compose.yaml opens ports on this machine only, keeps data, checks health and pins what it runs', () => {
  for (const [name, { image, ports, volumes, healthcheck }] of Object.entries(compose.services)) {
    expect(image, name).toMatch(/:v?\d+\.\d+\.\d+[a-z0-9.-]*$/)
    for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:(\d+):\1$/)
    expect(Object.keys(compose.volumes), name).toContain(volumes[0].split(':')[0])
    expect(healthcheck?.test, name).toBeTruthy()
  }
})

it.each(['neo4j', 'gcs'])('compose.yaml runs the version of %s that the command installs', (name) => {
  const [, version] = /^const version = 'v?([\d.]+)'$/m.exec(read('scripts', 'services', `${name}.mjs`)) ?? []
  expect(compose.services[name].image).toMatch(new RegExp(`:${version?.replaceAll('.', '\\.')}(?:-|$)`))
})

it('compose.yaml runs the major version of PostgreSQL that the command installs', () => {
  const [, major] = /major: '(\d+)'/.exec(read('scripts', 'services', 'postgres.mjs')) ?? []
  expect(compose.services.postgres.image).toMatch(new RegExp(`-pg${major}$`))
})

it('compose.yaml lets PostgreSQL have as many connections as the command does', () => {
  const [, most] = /max_connections=(\d+)/.exec(read('scripts', 'services', 'postgres.mjs')) ?? []
  expect(compose.services.postgres.command).toBe(`postgres -c max_connections=${most}`)
})
