export { followEvents as follow } from './follow.ts'
