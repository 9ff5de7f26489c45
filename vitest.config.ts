import { defineConfig } from 'vitest/config'

/** Two projects: `unit` needs nothing but Node; `e2e` runs real processes and a real browser. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          // Much of their time is waiting: for disks, sockets, processes. Of two cores neither stays idle.
          maxWorkers: 3,
          include: [
            'packages/*/test/**/*.test.ts',
            'apps/*/test/**/*.test.ts',
            'bench/test/**/*.test.ts',
            'tools/**/*.test.ts',
          ],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          // After the unit tests, whose processes are many; two files at a time, for a command alone keeps one core busy. Each file
          // has data folders, ports and browsers of its own.
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
          include: ['e2e/**/*.test.ts'],
          globalSetup: ['e2e/global-setup.ts'],
          testTimeout: 300_000,
          // Whoever waits for a fact waits as long as it takes.
          expect: { poll: { timeout: 60_000 } },
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
