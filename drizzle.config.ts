import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './server/storage/database/schema.ts',
  out: './drizzle',
  entities: { roles: true },
})
