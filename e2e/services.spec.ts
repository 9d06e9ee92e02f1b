// A person's way through AIA on real services: PostgreSQL, whichever others the variables name, and two workers.
import { type StandaloneServer, startStandalone } from '../scripts/standalone.mjs'
import { newPostgres, withoutPostgres } from '../server/testing/postgres.ts'
import { expect, expectAccessible, signInByForm, skipWithoutBrowser, test, watch } from './browser.ts'

skipWithoutBrowser()
test.skip(Boolean(withoutPostgres), withoutPostgres ?? '')

/** By variable: the part of /ready that it moves to a service, and what serves that part without it. */
const moved: Record<string, { part: string; without: string }> = {
  DATABASE_URL: { part: 'database', without: 'pglite' },
  REDIS_URL: { part: 'cache', without: 'memory' },
  NEO4J_URL: { part: 'graph', without: 'postgres' },
  INFLUXDB_URL: { part: 'timeseries', without: 'postgres' },
  GCS_BUCKET: { part: 'objects', without: 'files' },
}
const alongside = ['NEO4J_USER', 'NEO4J_PASSWORD', 'STORAGE_EMULATOR_HOST']
const given = (names: string[]) => Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))

const lighthouse = [
  '# The lighthouse of Varrow Point',
  '',
  'The lighthouse of Varrow Point was lit in 1871 by the keeper Ingrid Malmsten.',
  '',
  'Its lens was ground in Tolvik and weighs four tonnes.',
  '',
].join('\n')

let server: StandaloneServer
let place: Awaited<ReturnType<typeof newPostgres>>
test.beforeAll(async () => {
  place = await newPostgres()
  const services = { ...given([...Object.keys(moved), ...alongside]), DATABASE_URL: place.url }
  // The web process runs no jobs here: what is read, is read by one of the workers.
  server = await startStandalone({ AIA_STARTER: 'off', AIA_JOBS: 'off', ...services })
  for (let i = 0; i < 2; i++) server.startWorker()
})
test.afterAll(async () => {
  await server?.stop()
  await place?.drop()
})

test('sign in, upload, ask and open the citation on real services; all of it is there after a restart', async ({ page, complaints }) => {
  watch(page, complaints)
  await test.step('every part that a variable names is served by its service', async () => {
    const { parts } = (await (await fetch(`${server.url}/ready`)).json()) as { parts: Record<string, { adapter: string; state: string }> }
    for (const name of Object.keys(given(Object.keys(moved)))) {
      const { part, without } = moved[name] as (typeof moved)[string]
      expect(parts[part], `${name}: ${JSON.stringify(parts)}`).toMatchObject({ state: 'up' })
      expect(parts[part]?.adapter, name).not.toBe(without)
    }
  })

  await page.goto(`${server.url}/knowledge`)
  await signInByForm(page, server.password)
  await expect(page.getByRole('heading', { level: 1, name: 'Sources' })).toBeVisible()

  await test.step('a file dropped in becomes a source that is ready', async () => {
    await page
      .getByLabel('Files to add', { exact: true })
      .setInputFiles({ name: 'varrow.md', mimeType: 'text/markdown', buffer: Buffer.from(lighthouse) })
    await expect(page.getByRole('row').filter({ hasText: 'Varrow' })).toContainText('Ready')
  })

  const askAndOpen = async () => {
    await page.getByRole('link', { name: 'Ask', exact: true }).first().click()
    await page.getByRole('textbox', { name: 'Your question' }).fill('Who lit the lighthouse of Varrow Point?')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/ask\?result=/)
    const answer = page.url()
    await expect(page.getByRole('article')).toContainText('Ingrid Malmsten')
    await expectAccessible(page)
    const mark = page.getByRole('region', { name: 'Sources' }).getByRole('link').filter({ hasText: 'Ingrid Malmsten' }).first()
    const target = new URL((await mark.getAttribute('href')) ?? '', server.url)
    await mark.click()
    await expect(page).toHaveURL(/\/knowledge\/sources\//)
    await expect(page.locator('mark').first()).toBeInViewport()
    const highlighted = (await page.locator('mark').allTextContents()).join('')
    expect(highlighted).toBe(lighthouse.slice(Number(target.searchParams.get('start')), Number(target.searchParams.get('end'))))
    expect(highlighted).toContain('Ingrid Malmsten')
    return answer
  }
  const answer = await test.step('a question is answered, and its citation opens at the exact words', askAndOpen)

  await test.step('after a restart the session, the answer and the source are still there', async () => {
    // An open page would try its stream of events again meanwhile, and the browser complain of each try.
    await page.goto('about:blank')
    expect(await server.restart()).toBe(0)
    await page.goto(answer)
    await expect(page.getByRole('article')).toContainText('Ingrid Malmsten')
    await page.goto(`${server.url}/knowledge`)
    await expect(page.getByRole('row').filter({ hasText: 'Varrow' })).toContainText('Ready')
    await askAndOpen()
  })

  expect(
    server
      .output()
      .split('\n')
      .filter((line) => /"level":"(?:error|fatal)"/.test(line)),
  ).toEqual([])
})
