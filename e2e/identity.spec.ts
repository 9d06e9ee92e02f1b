// Signing in with more than a password, and looking after an account, in the browser on the standalone server.
import type { Page } from '@playwright/test'
import { Secret, TOTP } from 'otpauth'
import { serverUnderTest } from './account.ts'
import { expect, expectAccessible, expectNoSidewaysScroll, skipWithoutBrowser, test, watch } from './browser.ts'
import { call } from './rest-client.ts'

skipWithoutBrowser()

const phone = { width: 390, height: 844 }
const password = 'mauve otter gravel 81'

/** Somebody of the administrator's enterprise, who can sign in. */
async function invited(role: string): Promise<string> {
  const email = `e2e-${crypto.randomUUID().slice(0, 8)}@example.com`
  const { body } = await call<{ link: string }>('/api/v1/auth/invitations', { json: { email, role } })
  const token = new URL(body.link).hash.slice(1)
  const accepted = await call('/api/v1/auth/invitations/accept', { json: { token, name: 'Hedda Solvang', password }, token: null })
  expect(accepted.status).toBe(200)
  return email
}

async function enter(page: Page, email: string): Promise<void> {
  await page.getByRole('textbox', { name: /email/i }).fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

// The step after the last one that was used: a used code is refused.
const code = (secret: string, stepsAhead: number) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + stepsAhead * 30_000 })

test('codes from an app: set up, asked for at the next sign-in, a recovery code instead', async ({ page, complaints }) => {
  watch(page, complaints)
  const email = await invited('analyst')
  await page.goto('/signin?next=%2Faccount')
  await enter(page, email)
  await expect(page.getByRole('heading', { level: 1, name: 'My account' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Set up an app' }).click()
  const secret = await page.getByLabel('Key', { exact: true }).inputValue()
  await expect(page.getByRole('img', { name: 'QR code of the key' })).toBeVisible()
  await page.getByLabel('Code from your app').fill('000000')
  await page.getByRole('button', { name: 'Confirm', exact: true }).click()
  await expect(page.getByText('does not match')).toBeVisible()
  await page.getByLabel('Code from your app').fill(code(secret, -1))
  await page.getByRole('button', { name: 'Confirm', exact: true }).click()
  const shown = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
  await expect(shown).toHaveCount(10)
  const codes = await shown.allTextContents()
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await expect(page.getByText('10 codes are left')).toBeVisible()
  await page.setViewportSize(phone)
  await expectNoSidewaysScroll(page)

  await page.context().clearCookies()
  await page.goto('/signin?next=%2Faccount')
  await enter(page, email)
  await expect(page.getByRole('heading', { name: 'Confirm it is you' })).toBeVisible()
  await expectAccessible(page)
  await expectNoSidewaysScroll(page)
  await page.getByLabel('Code from your app').fill('000000')
  await page.getByRole('button', { name: 'Confirm', exact: true }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'code is wrong' })).toBeVisible()
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await page.getByLabel('Recovery code').fill(codes[0] ?? '')
  await page.getByRole('button', { name: 'Confirm', exact: true }).click()
  await expect(page.getByText('9 codes are left')).toBeVisible()
})

test('too many tries read differently from a wrong password', async ({ page }) => {
  const email = await invited('analyst')
  await page.goto('/signin')
  const wrong = async () => {
    await page.getByRole('textbox', { name: /email/i }).fill(email)
    await page.getByLabel('Password', { exact: true }).fill('not the password at all')
    const answered = page.waitForResponse((response) => response.url().includes('/api/auth/callback/credentials'))
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await answered
    // The page empties the field when it has read the answer.
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue('')
  }
  await wrong()
  await expect(page.getByRole('alert').filter({ hasText: 'do not match' })).toBeVisible()
  for (let i = 0; i < 5; i++) await wrong()
  await expect(page.getByRole('alert').filter({ hasText: /Too many tries\. Wait .* s, then try again/ })).toBeVisible()
})

test('a passkey is made, and signs in without a password', async ({ page, complaints }) => {
  watch(page, complaints)
  const email = await invited('analyst')
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  // Browsers bind passkeys to a name; the loopback address has one.
  const origin = serverUnderTest().url.replace('127.0.0.1', 'localhost')
  await page.goto(`${origin}/signin?next=%2Faccount`)
  await enter(page, email)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Test device')
  await page.getByRole('button', { name: 'Make it' }).click()
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: 'Test device' })).toBeVisible()

  await page.context().clearCookies()
  await page.goto(`${origin}/signin?next=%2Faccount`)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'My account' })).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: '(this one)' })).toContainText('Two factors')
})

test('an administrator makes, rotates and revokes an API key, and sees who is signed in', async ({ signedInPage: page }) => {
  await page.goto('/admin/api-keys')
  await page.getByRole('button', { name: 'New key' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Nightly export')
  await page.getByRole('button', { name: 'Make the key' }).click()
  const key = await page.getByLabel('API key', { exact: true }).inputValue()
  expect((await call('/api/v1/neural/status', { token: key })).status).toBe(200)
  await page.getByRole('button', { name: 'Done' }).click()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Rotate the key Nightly export' }).click()
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByText('Expiring')).toBeVisible()
  for (const _ of [1, 2]) {
    await page.getByRole('button', { name: 'Revoke the key Nightly export' }).first().click()
    await page.getByRole('button', { name: 'Revoke', exact: true }).click()
    await expect(page.getByRole('alertdialog')).toBeHidden()
  }
  await expect(page.getByText('Revoked')).toHaveCount(2)
  expect((await call('/api/v1/neural/status', { token: key })).status).toBe(401)

  await page.getByRole('link', { name: 'Sessions', exact: true }).click()
  await expect(page.getByText('(this one)')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Security', exact: true }).click()
  await expect(page.getByText('/.well-known/jwks.json')).toBeVisible()
  await page.getByRole('region', { name: 'Signing keys' }).getByRole('button', { name: 'Rotate now' }).click()
  await page.getByRole('button', { name: 'Rotate', exact: true }).click()
  await expect(page.getByText('Retiring')).toBeVisible()
  await expectAccessible(page)
  const keys = (await (await fetch(`${serverUnderTest().url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] }
  expect(keys.keys.length).toBeGreaterThanOrEqual(3)
  for (const path of ['/admin/api-keys', '/admin/sessions', '/admin/security']) {
    await page.setViewportSize(phone)
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expectNoSidewaysScroll(page)
  }
})
