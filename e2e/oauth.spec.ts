// A program signs a person in through AIA: registered by an administrator, allowed or refused on the consent page, in the browser on the
// standalone server. The program is openid-client with a callback of its own on the loopback address.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from '@playwright/test'
import * as relyingParty from 'openid-client'
import { serverUnderTest } from './account.ts'
import { expect, expectAccessible, expectNoSidewaysScroll, skipWithoutBrowser, test } from './browser.ts'
import { call } from './rest-client.ts'

skipWithoutBrowser()

let program: Server
let redirectUri: string
test.beforeAll(async () => {
  program = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Travel desk</title>Back at the program'),
  )
  await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', resolve))
  redirectUri = `http://127.0.0.1:${(program.address() as AddressInfo).port}/callback`
})
test.afterAll(() => {
  program.closeAllConnections()
  program.close()
})

async function register(page: Page, name: string): Promise<relyingParty.Configuration> {
  await page.goto('/admin/clients')
  await page.getByRole('button', { name: 'Register a program' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.getByRole('textbox', { name: 'Redirect URIs' }).fill(redirectUri)
  await page.getByRole('button', { name: 'Register', exact: true }).click()
  const id = await page.getByLabel('Client id', { exact: true }).inputValue()
  const secret = await page.getByLabel('Client secret', { exact: true }).inputValue()
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: id })).toContainText(redirectUri)
  const insecure = { execute: [relyingParty.allowInsecureRequests] }
  return relyingParty.discovery(new URL(serverUnderTest().url), id, secret, relyingParty.ClientSecretBasic(secret), insecure)
}

/** Sends the browser to AIA as the program does, up to the consent page. */
async function ask(page: Page, config: relyingParty.Configuration, name: string) {
  const pkceCodeVerifier = relyingParty.randomPKCECodeVerifier()
  const checks = { pkceCodeVerifier, expectedState: relyingParty.randomState(), expectedNonce: relyingParty.randomNonce() }
  const url = relyingParty.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile email offline_access knowledge.read',
    code_challenge: await relyingParty.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    prompt: 'consent',
  })
  await page.goto(url.href)
  await expect(page.getByRole('heading', { level: 1, name: `Allow ${name}?` })).toBeVisible()
  return checks
}

async function answer(page: Page, button: 'Allow' | 'No'): Promise<URL> {
  await page.getByRole('button', { name: button, exact: true }).click()
  await page.waitForURL(`${redirectUri}**`)
  return new URL(page.url())
}

test('a person allows a program, which gets what was allowed and nothing else, until it gives the token back', async ({ signedInPage: page }) => {
  const name = 'Travel desk'
  const config = await register(page, name)
  const checks = await ask(page, config, name)
  await expect(page.getByRole('listitem').filter({ hasText: 'knowledge.read' })).toBeVisible()
  await expectAccessible(page)
  await page.setViewportSize({ width: 390, height: 844 })
  await expectNoSidewaysScroll(page)
  const tokens = await relyingParty.authorizationCodeGrant(config, await answer(page, 'Allow'), checks)
  expect(tokens.claims()?.email).toBe(serverUnderTest().email)
  const status = async (path: string, token: string) => (await call(path, { token })).status
  expect(await status('/api/v1/neural/status', tokens.access_token)).toBe(200)
  expect(await status('/api/v1/auth/people', tokens.access_token)).toBe(403)

  const renewed = await relyingParty.refreshTokenGrant(config, tokens.refresh_token ?? '')
  await relyingParty.tokenRevocation(config, renewed.access_token)
  expect(await status('/api/v1/neural/status', renewed.access_token)).toBe(401)
  expect(await status('/api/v1/neural/status', tokens.access_token)).toBe(200)
  await relyingParty.tokenRevocation(config, renewed.refresh_token ?? '')
  expect(await status('/api/v1/neural/status', tokens.access_token)).toBe(401)
  await expect(relyingParty.refreshTokenGrant(config, renewed.refresh_token ?? '')).rejects.toThrow()
})

test('a person says no: the program learns that, and gets nothing', async ({ signedInPage: page }) => {
  const name = 'Curious program'
  const config = await register(page, name)
  const checks = await ask(page, config, name)
  const callback = await answer(page, 'No')
  expect(callback.searchParams.get('error')).toBe('access_denied')
  expect(callback.searchParams.has('code')).toBe(false)
  await expect(relyingParty.authorizationCodeGrant(config, callback, checks)).rejects.toThrow()

  await page.goto('/admin/audit')
  await expect(page.getByText('oauth.deny').first()).toBeVisible()
})
