import { add, isNegative, multiply, round } from '../decimal.ts';
import type { Quantity } from '../value.ts';
import { functionShape } from './functions.ts';
import type { Point } from './history.ts';
import { aimName } from './prove-aim.ts';
import { MOST_NODES } from './prove-document.ts';
import { type Scene, Stuck } from './prove-scene.ts';
import type { WindowNode } from './syntax.ts';

/** As many points as a percentage of them is told by whole ones. */
const POINTS = 100;
const FEW = 4;
/** A longer window has more points, so that those of a shorter one inside it weigh little. */
const LONG_MS = 600_000;
const BEFORE = '100';

/** Gives a sample a history, its newest value included, from which the function comes to the number. */
export function aimWindow(node: WindowNode, target: Quantity, scene: Scene): void {
	const { name, sample, ms } = node;
	const isSigned = functionShape(name)?.neverNegative !== true;
	if (!isSigned && isNegative(target.number)) throw new Stuck('none-found', node.text);
	const values = valuesFor(node, target.number);
	const newest = values.at(-1) as string;
	const unit = scene.names.unitOf(sample) ?? (functionShape(name)?.gives === 'same' ? target.unit : 'none');
	aimName(sample, { kind: 'value', value: { number: newest, unit } }, scene);
	const before = values.slice(0, -1);
	const span = spanOf(name, ms);
	const points = before.map(
		(value, index): Point => ({
			at: scene.now - Math.round((span * (before.length - index)) / before.length),
			value: Number(value),
		}),
	);
	const others = (scene.histories.get(sample) ?? []).filter((window) => window.ms !== ms);
	scene.histories.set(sample, [...others, { ms, points }]);
}

/** A counter is told by the second. */
function spanOf(name: string, ms: number): number {
	return name === 'rate' && ms >= 1000 ? Math.floor(Math.min(ms, 10_000) / 1000) * 1000 : ms * 0.9;
}

function valuesFor({ name, ms, text }: WindowNode, number: string): string[] {
	switch (name) {
		case 'rate':
			return ['0', multiply(number, String(spanOf(name, ms) / 1000))];
		case 'ratio': {
			const share = Number(round(multiply(number, String(POINTS)), 0));
			if (share > POINTS) throw new Stuck('too-many', text);
			return Array.from({ length: POINTS }, (_, index) => (index < share ? '1' : '0'));
		}
		case 'growth': {
			const after = add(BEFORE, multiply(BEFORE, number));
			return Array.from({ length: 9 }, (_, index) => (index < 3 ? BEFORE : after));
		}
		case 'changes': {
			const changes = Number(round(number, 0));
			if (changes >= MOST_NODES) throw new Stuck('too-many', text);
			if (changes === 0) return ['1', '1'];
			return Array.from({ length: changes + 1 }, (_, index) => String(index % 2));
		}
		default:
			return Array.from({ length: ms >= LONG_MS ? POINTS : FEW }, () => number);
	}
}
