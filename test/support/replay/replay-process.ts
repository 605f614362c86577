import { connectKafka } from '../../../services/brokers/kafka/kafka.ts'
import { quiet } from '../pipelines.ts'
import { fatalBroker } from './fatal-broker.ts'
import { replay } from './replays.ts'
import { sickTopology } from './sick-operators.ts'

/** Replays all dead letters of a recipe, and kills itself with SIGKILL as it reaches a step: brokers, recipe, number of the step. */
const [brokers = '', recipe = '', fatal = ''] = process.argv.slice(2)
const broker = await connectKafka({ brokers: brokers.split(','), logger: quiet })
let steps = 0
const dying = fatalBroker(broker, () => {
  if (++steps === Number(fatal)) process.kill(process.pid, 'SIGKILL')
})
const { settled } = await replay(dying, sickTopology(recipe), { batch: { letters: 3, bytes: 1_000_000 } })
process.send?.({ settled })
await broker.close()
