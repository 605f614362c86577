import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Position } from '../../services/brokers/broker.ts'
import { Failure } from '../../topologies/failure.ts'
import { type Bench, delivery, eventually, failedWith } from './bench.ts'

/** All or nothing, once, and one holder of an id at a time. */
export function transactionContract(bench: Bench): void {
  describe('transactions', () => {
    it('show nothing before their commit, and all of it afterwards', async () => {
      const topics = [await bench.newTopic(), await bench.newTopic()]
      const transactor = await bench.broker.transactor(randomUUID())
      await transactor.init()
      const transaction = await transactor.begin()
      await transaction.send(topics.map((topic) => delivery(topic, ['one'])))
      await transaction.send(topics.map((topic) => delivery(topic, ['two'])))
      const following = topics.map((topic) => bench.follow(topic))
      await sleep(300)
      expect(following.map(({ values }) => values)).toEqual([[], []])
      await transaction.commit()
      await eventually(() =>
        expect(following.map(({ values }) => values)).toEqual([
          ['one', 'two'],
          ['one', 'two'],
        ]),
      )
      await Promise.all(following.map(({ stop }) => stop()))
      await transactor.close()
    })

    it('show nothing ever after an abort, and the next one goes through', async () => {
      const topic = await bench.newTopic()
      const transactor = await bench.broker.transactor(randomUUID())
      await transactor.init()
      const first = await transactor.begin()
      await first.send([delivery(topic, ['aborted'])])
      await first.abort()
      const second = await transactor.begin()
      await second.send([delivery(topic, ['committed'])])
      await second.commit()
      await transactor.close()
      expect(await bench.valuesOf(topic)).toEqual(['committed'])
    })

    it('follow each other without a pause', async () => {
      const topic = await bench.newTopic()
      const transactor = await bench.broker.transactor(randomUUID())
      await transactor.init()
      for (let i = 0; i < 20; i++) {
        const transaction = await transactor.begin()
        await transaction.send([delivery(topic, [`step ${i}`])])
        await transaction.commit()
      }
      await transactor.close()
      expect(await bench.valuesOf(topic)).toEqual(Array.from({ length: 20 }, (_, i) => `step ${i}`))
    })

    it('may be empty', async () => {
      const transactor = await bench.broker.transactor(randomUUID())
      await transactor.init()
      await (await transactor.begin()).commit()
      await (await transactor.begin()).abort()
      await (await transactor.begin()).commit()
      await transactor.close()
    })

    it('hold readers back who come after them, so that nobody passes an open one', async () => {
      const topic = await bench.newTopic()
      const transactor = await bench.broker.transactor(randomUUID())
      await transactor.init()
      const transaction = await transactor.begin()
      await transaction.send([delivery(topic, ['early, committed late'])])
      await bench.produce(topic, ['late, written at once'])
      const following = bench.follow(topic)
      await sleep(300)
      expect(following.values).toEqual([])
      await transaction.commit()
      await eventually(() => expect(following.values).toEqual(['early, committed late', 'late, written at once']))
      await following.stop()
      await transactor.close()
    })

    it('of an older holder are fenced: its commit fails and writes nothing', async () => {
      const topic = await bench.newTopic()
      const id = randomUUID()
      const older = await bench.broker.transactor(id)
      await older.init()
      const stale = await older.begin()
      await stale.send([delivery(topic, ['stale'])])
      await stale.sendOffsets('fenced', [{ topic, partition: 0, offset: 99n }])

      const newer = await bench.broker.transactor(id)
      await newer.init()
      await expect(stale.commit()).rejects.toSatisfy(failedWith('producer_fenced'))
      await expect(older.begin()).rejects.toSatisfy(failedWith('producer_fenced'))
      const fresh = await newer.begin()
      await fresh.send([delivery(topic, ['fresh'])])
      await fresh.commit()
      expect(await bench.valuesOf(topic)).toEqual(['fresh'])
      expect(await bench.broker.committed('fenced', topic)).toEqual([null])

      await older.init()
      const again = await older.begin()
      await again.send([delivery(topic, ['again'])])
      await again.commit()
      expect(await bench.valuesOf(topic)).toEqual(['fresh', 'again'])
      await Promise.all([older.close(), newer.close()])
    })

    it('of an older holder are fenced at the next record too', async () => {
      const topic = await bench.newTopic()
      const id = randomUUID()
      const older = await bench.broker.transactor(id)
      await older.init()
      const stale = await older.begin()
      await stale.send([delivery(topic, ['stale'])])
      const newer = await bench.broker.transactor(id)
      await newer.init()
      await expect(stale.send([delivery(topic, ['staler'])])).rejects.toSatisfy(failedWith('producer_fenced'))
      expect(await bench.valuesOf(topic)).toEqual([])
      await Promise.all([older.close(), newer.close()])
    })

    it('carry offsets, which are final for the next holder of the id once it is initialised', async () => {
      const topic = await bench.newTopic(2)
      const group = randomUUID()
      const id = randomUUID()
      const transactor = await bench.broker.transactor(id)
      await transactor.init()
      const transaction = await transactor.begin()
      const positions: Position[] = [{ topic, partition: 1, offset: 42n }]
      await transaction.sendOffsets(group, positions)
      expect(await bench.broker.committed(group, topic)).toEqual([null, null])
      await transaction.commit()
      const next = await bench.broker.transactor(id)
      await next.init()
      expect(await bench.broker.committed(group, topic)).toEqual([null, 42n])
      await Promise.all([transactor.close(), next.close()])
    })

    it('drop their offsets when they are aborted', async () => {
      const topic = await bench.newTopic()
      const group = randomUUID()
      const transactor = await bench.broker.transactor(randomUUID())
      await transactor.init()
      const transaction = await transactor.begin()
      await transaction.sendOffsets(group, [{ topic, partition: 0, offset: 7n }])
      await transaction.abort()
      await transactor.init()
      expect(await bench.broker.committed(group, topic)).toEqual([null])
      await transactor.close()
    })

    it('survive a record that is too large: they can be aborted, and the next one goes through', async () => {
      const topic = await bench.newTopic()
      const transactor = await bench.broker.transactor(randomUUID())
      await transactor.init()
      const transaction = await transactor.begin()
      await transaction.send([delivery(topic, ['small'])])
      const large = { topic, partition: 0, records: [{ key: null, value: Buffer.alloc(2 * 1024 * 1024) }] }
      await expect(transaction.send([large])).rejects.toSatisfy(failedWith('message_too_large'))
      await transaction.abort()
      const next = await transactor.begin()
      await next.send([delivery(topic, ['next'])])
      await next.commit()
      expect(await bench.valuesOf(topic)).toEqual(['next'])
      await transactor.close()
    })

    it('that are open for too long are aborted, and their holder is told so and must be initialised', async () => {
      const topic = await bench.newTopic()
      const transactor = await bench.broker.transactor(randomUUID(), { transactionTimeout: 1000 })
      await transactor.init()
      const transaction = await transactor.begin()
      await transaction.send([delivery(topic, ['forgotten'])])
      await bench.produce(topic, ['behind it'])
      expect(await bench.valuesOf(topic)).toEqual(['behind it'])
      await expect(transaction.commit()).rejects.toSatisfy(failedWith('transaction_lost'))
      await transactor.init()
      await (await transactor.begin()).commit()
      await transactor.close()
    })

    it('need an initialised transactor', async () => {
      const transactor = await bench.broker.transactor(randomUUID())
      await expect(transactor.begin()).rejects.toBeInstanceOf(Failure)
      await transactor.close()
    })
  })
}
