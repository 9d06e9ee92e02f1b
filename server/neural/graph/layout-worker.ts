// The thread of layout-thread.ts: a graph in, where its nodes stand out.
import { parentPort, workerData } from 'node:worker_threads'
import { layOut, type ToLayOut } from './layout/lay-out.ts'

parentPort?.postMessage(layOut(workerData as ToLayOut))
