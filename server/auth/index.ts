export { login } from './login.ts'
export { logout } from './logout.ts'
export { profile } from './profile.ts'
export { refresh } from './refresh.ts'
