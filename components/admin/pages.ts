/** A page of the Admin area and the permission that opens it. */
export type AdminPage = { label: string; href: `/admin/${string}`; permission: string }

/** The pages of the Admin area, in the order of its tabs. Only pages that exist stand here. */
export const adminPages: readonly AdminPage[] = [
  { label: 'People and roles', href: '/admin/people', permission: 'people.read' },
  { label: 'Access', href: '/admin/access', permission: 'access.read' },
  { label: 'Sessions', href: '/admin/sessions', permission: 'sessions.manage' },
  { label: 'API keys', href: '/admin/api-keys', permission: 'api_keys.manage' },
  { label: 'OAuth clients', href: '/admin/clients', permission: 'clients.manage' },
  { label: 'Webhooks', href: '/admin/webhooks', permission: 'webhooks.manage' },
  { label: 'Sign-in provider', href: '/admin/provider', permission: 'provider.manage' },
  { label: 'Limits', href: '/admin/limits', permission: 'limits.read' },
  { label: 'Jobs', href: '/admin/jobs', permission: 'jobs.read' },
  { label: 'Audit', href: '/admin/audit', permission: 'audit.read' },
  { label: 'Security', href: '/admin/security', permission: 'security.manage' },
  { label: 'Privacy', href: '/admin/privacy', permission: 'privacy.manage' },
]

export const adminPagesFor = (permissions: readonly string[] = []) => adminPages.filter(({ permission }) => permissions.includes(permission))
