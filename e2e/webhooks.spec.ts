// A program outside that is told what happens, from the dialog that makes the webhook to the signed message that arrives.
import { isSignedBy, startReceiver } from '../server/testing/receiver.ts'
import { expect, expectAccessible, expectNoSidewaysScroll, skipWithoutBrowser, test } from './browser.ts'
import { forget, learn } from './rest-client.ts'

skipWithoutBrowser()

test('a webhook is made, told of a document that is added, tried, looked at and deleted', async ({ signedInPage: page }) => {
  const receiver = await startReceiver(Number(new URL(process.env.AIA_E2E_RECEIVER ?? '').port))
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/admin/webhooks')
  await page.getByRole('button', { name: 'New webhook' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Address' }).fill('http://127.0.0.1:1/hook')
  await dialog.getByRole('button', { name: 'Make the webhook' }).click()
  await expect(dialog.getByText('must be https', { exact: false })).toBeVisible()
  await dialog.getByRole('textbox', { name: 'Address' }).fill(`${receiver.origin}/hook`)
  await dialog.getByRole('textbox', { name: 'Description' }).fill('Search index')
  await dialog.getByRole('button', { name: 'Make the webhook' }).click()
  const secret = await dialog.getByRole('textbox', { name: 'Signing secret' }).inputValue()
  expect(secret).toMatch(/^whsec_/)
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Done' }).click()

  const source = await learn('Quillon pier', '# Quillon pier\n\nThe pier of Quillon has four lamps.\n')
  const [queued, ready] = await receiver.hear('source.state', 2)
  for (const message of [queued, ready]) {
    expect(message && isSignedBy(secret, message)).toBe(true)
    expect(message?.message.data.id).toBe(source.id)
  }

  await page.getByRole('button', { name: `More about ${receiver.origin}/hook` }).click()
  await page.getByRole('menuitem', { name: 'Send a test' }).click()
  await receiver.hear('webhook.test')
  await page.getByRole('button', { name: `${receiver.origin}/hook`, exact: true }).click()
  const panel = page.getByRole('region', { name: 'Deliveries' })
  await expect(panel.getByText('Delivered')).toHaveCount(3)
  await panel.locator('summary', { hasText: 'webhook.test' }).click()
  await panel.getByRole('button', { name: 'Send webhook.test again' }).click()
  await receiver.hear('webhook.test', 2)
  await expectAccessible(page)
  await expectNoSidewaysScroll(page)
  await page.getByRole('button', { name: 'Close the panel of the webhook' }).click()
  await page.getByRole('button', { name: `More about ${receiver.origin}/hook` }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('Nobody is told yet')).toBeVisible()
  await receiver.close()
  await forget(source.id)
})
