/** An order about one run. */
'use client'

import { type Answered, type Order, type Outcome, useOrder } from './order.ts'

export type RunOrder = Pick<Order, 'outcome' | 'isBusy'> & {
  send<T>(path: string, body: unknown, answered: Answered<T>): Promise<Outcome>
}

export function useRunOrder(runId: string): RunOrder {
  const { send, ...order } = useOrder()
  return {
    ...order,
    send: (path, body, answered) =>
      send({ method: 'POST', path: `/api/runs/${runId}/${path}`, body }, answered),
  }
}
