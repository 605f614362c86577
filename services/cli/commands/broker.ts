import type { Command } from 'commander'
import { home } from '../settings.ts'
import { print, printJson, tell } from '../terminal/standard-output.ts'

interface BrokerOptions {
  json?: boolean
}

export function define(command: Command): void {
  command.addHelpText('after', '\nExample:\n  millrace broker start')
  command
    .command('start')
    .description('start Kafka on this machine, or find the one that runs')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  millrace broker start --json')
    .action(start)
  command
    .command('stop')
    .description('stop it; its topics stay on disk')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  millrace broker stop')
    .action(stop)
  command
    .command('status')
    .description('say whether it runs, and where')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  millrace broker status --json')
    .action(status)
}

async function start(options: BrokerOptions): Promise<void> {
  const { startLocalBroker } = await import('../../brokers/local/local.ts')
  const { address, pid, started } = await startLocalBroker({ home: home(), onProgress: tell })
  if (options.json) return printJson({ running: true, serving: true, address, pid, started })
  await print(`Kafka ${started ? 'runs' : 'ran already'} on ${address} (process ${pid}).\n`)
}

async function stop(options: BrokerOptions): Promise<void> {
  const { stopLocalBroker } = await import('../../brokers/local/local.ts')
  const stopped = await stopLocalBroker({ home: home() })
  if (options.json) return printJson({ running: false, stopped })
  await print(stopped ? 'Kafka has stopped; its topics stay on disk.\n' : 'Kafka did not run.\n')
}

async function status(options: BrokerOptions): Promise<void> {
  const { localBrokerStatus } = await import('../../brokers/local/local.ts')
  const found = await localBrokerStatus({ home: home() })
  if (options.json) return printJson(found ? { running: true, ...found } : { running: false })
  if (!found) return print('Kafka does not run; `millrace broker start` starts it.\n')
  await print(
    `Kafka runs on ${found.address} (process ${found.pid})${found.serving ? '' : ', but does not answer yet'}.\n`,
  )
}
