import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		testTimeout: 30_000,
		hookTimeout: 30_000,
		pool: 'forks',
		// Most tests wait for servers and terminals: two at a time even where there are two cores only.
		maxWorkers: Math.max(2, availableParallelism() - 1),
		reporters: ['dot', './test/support/closing-line.ts'],
	},
});
