import type { Reporter, TestModule } from 'vitest/node';

/** Says at the end, alone on a line, how many tests passed, failed and were skipped: a skipped test is never silent. */
export default class ClosingLine implements Reporter {
	onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
		const count = { passed: 0, failed: unhandled.length, skipped: 0 };
		for (const module of modules) {
			if (module.state() === 'failed' && [...module.children.allTests()].length === 0) count.failed += 1;
			for (const test of module.children.allTests()) {
				const { state } = test.result();
				if (state === 'passed' || state === 'failed' || state === 'skipped') count[state] += 1;
			}
		}
		process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
	}
}
