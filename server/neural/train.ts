import { noInput, operation } from '../gateway/operation.ts'
import { trainingRun } from './contract.ts'
import { requestTraining } from './learning/request.ts'
import { trainingRunView } from './learning/view.ts'

export const train = operation
  .meta({ permission: 'learning.train', limit: 'default', audit: 'row', state: 'made' })
  .route({
    method: 'POST',
    path: '/v1/neural/train',
    successStatus: 202,
    summary: 'Start a training run on what people said about answers',
    tags: ['neural'],
  })
  .input(noInput)
  .output(trainingRun)
  .handler(async ({ context: { tx, caller, services, audit } }) => {
    const run = await requestTraining(tx, services, caller.enterpriseId, caller.personId)
    audit({ target: run.id, after: { state: run.state } })
    return trainingRunView(run)
  })
