// What a person does in the browser, on the standalone server.
import { serverUnderTest } from './account.ts'
import { expect, expectAccessible, expectLoaded, expectNoSidewaysScroll, signInByForm, skipWithoutBrowser, test, watch } from './browser.ts'
import { forget, learn } from './rest-client.ts'

skipWithoutBrowser()

const observatory = [
  '# Field notes of the Merrowick observatory',
  '',
  'The Merrowick observatory stands on the ridge above Callow Bay. It was opened in 1934 by the astronomer Hedda Solvang.',
  '',
  '## Telescope',
  '',
  'The main telescope of the Merrowick observatory is a refractor with an aperture of 61 centimetres. Its mirror cell was cast in Dunmarra.',
  '',
  '## Night log',
  '',
  'Hedda Solvang recorded 318 nights of clear sky in 1935. The log is kept in the library of Callow Bay.',
  '',
].join('\n')

const phone = { width: 390, height: 844 }

test('sign in, upload a document, ask, open the citation at the exact words, sign out', async ({ page, complaints }) => {
  watch(page, complaints)
  await test.step('what is inside is closed to a stranger, who is led back after signing in', async () => {
    await page.goto('/knowledge')
    await expect(page).toHaveURL(/\/signin/)
    await signInByForm(page, 'not the password at all')
    await expect(page.getByRole('alert').filter({ hasText: /\w/ }).first()).toBeVisible()
    await expectAccessible(page)
    await signInByForm(page, serverUnderTest().password)
    await expect(page).toHaveURL(/\/knowledge$/)
    await expect(page.getByRole('heading', { level: 1, name: 'Sources' })).toBeVisible()
  })

  await test.step('a file dropped in becomes a source that is ready', async () => {
    await page
      .getByLabel('Files to add', { exact: true })
      .setInputFiles({ name: 'merrowick.md', mimeType: 'text/markdown', buffer: Buffer.from(observatory) })
    const row = page.getByRole('row').filter({ hasText: 'Merrowick' })
    await expect(row).toContainText('Ready')
    await expectAccessible(page)
  })

  await test.step('a question about it is answered with citations', async () => {
    await page.getByRole('link', { name: 'Ask', exact: true }).first().click()
    await page.getByRole('textbox', { name: 'Your question' }).fill('Who opened the Merrowick observatory?')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/ask\?result=/)
    await expect(page.getByRole('article')).toContainText('Hedda Solvang')
    await expect(page.getByText('Answered', { exact: true }).first()).toBeVisible()
    await expectAccessible(page)
  })

  await test.step('feedback is kept over a reload', async () => {
    for (const name of ['Useful: the answer', 'Useful: source 1']) {
      const kept = page.waitForResponse((response) => response.request().method() !== 'GET' && response.url().endsWith('/feedback'))
      await page.getByRole('button', { name, exact: true }).click()
      await expect(page.getByRole('button', { name, exact: true })).toHaveAttribute('aria-pressed', 'true')
      expect((await kept).ok()).toBe(true)
    }
    await page.reload()
    for (const name of ['Useful: the answer', 'Useful: source 1']) {
      await expect(page.getByRole('button', { name, exact: true })).toHaveAttribute('aria-pressed', 'true')
    }
  })

  await test.step('the citation opens the source with exactly the quoted words highlighted', async () => {
    await expect(page.getByRole('link', { name: /^Source 1:/ })).toBeVisible()
    const mark = page.getByRole('region', { name: 'Sources' }).getByRole('link').filter({ hasText: 'Hedda Solvang' }).first()
    const target = new URL((await mark.getAttribute('href')) ?? '', serverUnderTest().url)
    const [start, end] = [Number(target.searchParams.get('start')), Number(target.searchParams.get('end'))]
    expect(end).toBeGreaterThan(start)
    await mark.click()
    await expect(page).toHaveURL(/\/knowledge\/sources\//)
    await expect(page.locator('mark').first()).toBeInViewport()
    const highlighted = (await page.locator('mark').allTextContents()).join('')
    expect(highlighted).toBe(observatory.slice(start, end))
    expect(highlighted).toContain('Hedda Solvang')
    await expectAccessible(page)
  })

  await test.step('signing out closes everything again', async () => {
    await page.getByRole('button', { name: /^You/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(page).toHaveURL(/\/signin/)
    for (const path of ['/ask', '/knowledge', '/knowledge/atoms', '/learning']) {
      await page.goto(path)
      await expect(page).toHaveURL(/\/signin/)
    }
  })
})

test('a question outside the knowledge says so and cites nothing', async ({ signedInPage: page }) => {
  await page.goto('/ask')
  await page.getByRole('textbox', { name: 'Your question' }).fill('Which enzyme unwinds the double helix during bacterial replication?')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await expect(page.getByText('Your knowledge does not cover this question.')).toBeVisible()
  await expect(page.getByRole('link', { name: /^Source \d/ })).toHaveCount(0)
  await expectAccessible(page)
})

test('the palette asks and jumps by keyboard alone', async ({ signedInPage: page }) => {
  await page.goto('/learning')
  // The page as it comes from the server hears no keys yet.
  await expect(page.getByRole('status', { name: /^Live/ })).toBeVisible()
  await page.keyboard.press('Control+k')
  const field = page.getByRole('combobox', { name: 'Ask, or search atoms and sources' })
  await expect(field).toBeFocused()
  await field.pressSequentially('atoms')
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('option', { selected: true })).toContainText('Atoms')
  await expectAccessible(page)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/knowledge\/atoms/)
  await page.keyboard.press('Control+k')
  await expect(field).toBeFocused()
  await page.keyboard.press('Escape')
  // Keys belong to a dialog until it is gone, and it goes a moment after its field.
  await expect(page.locator('[role="dialog"]')).toHaveCount(0)
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
})

test('an atom opens beside the table and survives a reload', async ({ signedInPage: page }) => {
  const source = await learn('Brindlemoor survey', '# Brindlemoor survey\n\nBrindlemoor is a peat bog. Its deepest core reaches nine metres.\n')
  await page.goto('/knowledge/atoms')
  await page.getByRole('row').filter({ hasText: 'Brindlemoor' }).first().click()
  await expect(page).toHaveURL(/atom=/)
  await page.reload()
  await expect(page.getByRole('complementary').filter({ hasText: 'Brindlemoor' })).toBeVisible()
  await expectAccessible(page)
  await forget(source.id)
})

test('deleting a source says first what will go', async ({ signedInPage: page }) => {
  await learn('Fennick ledger', '# Fennick ledger\n\nThe Fennick ledger lists eleven mills on the river Aske.\n')
  await page.goto('/knowledge')
  await page.getByRole('button', { name: 'Delete Fennick ledger' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText(/\d+ atoms?/)
  await expectAccessible(page)
  await expect(dialog.getByRole('button', { name: 'Delete', exact: true })).toBeDisabled()
  await dialog.getByRole('textbox').fill('delete')
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByRole('row').filter({ hasText: 'Fennick ledger' })).toHaveCount(0)
})

for (const path of ['/ask', '/knowledge', '/knowledge/atoms', '/learning']) {
  test(`${path} fits a phone`, async ({ signedInPage: page }) => {
    await page.setViewportSize(phone)
    await page.goto(path)
    await expectLoaded(page)
    await expectNoSidewaysScroll(page)
    // The same jobs can be done: every place is one tap away, or behind More; Admin too for an owner.
    const bar = page.getByRole('navigation', { name: 'Places' })
    await expect(bar.getByRole('link')).toHaveCount(4)
    await bar.getByRole('button', { name: 'More' }).click()
    await expect(page.getByRole('menuitem')).toHaveText(['Atoms', 'Learning', 'Analytics', 'Admin', 'API'])
  })
}

test('the API pages show the operations from our own files', async ({ signedInPage: page, baseURL }) => {
  const foreign: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(baseURL ?? '') && !/^(?:data|blob):/.test(request.url())) foreign.push(request.url())
  })
  await page.goto('/docs')
  await page
    .getByRole('heading', { name: /^neural/ })
    .getByRole('button')
    .click()
  await expect(page.getByText('/v1/neural/process').first()).toBeVisible()
  await page.goto('/redoc')
  // ReDoc lays out every operation before it shows the first.
  await expect(page.getByText('AIA Enterprise Platform API').first()).toBeVisible()
  await page.goto('/docs?version=v2')
  await page
    .getByRole('heading', { name: /^neural/ })
    .getByRole('button')
    .click()
  await expect(page.getByText('/v2/neural/process').first()).toBeVisible()
  await expect(page.getByText('/v1/neural/process')).toHaveCount(0)
  expect(foreign).toEqual([])
})
