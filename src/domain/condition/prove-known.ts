import { add, isNegative, isZero, multiply, subtract } from '../decimal.ts';
import { isQuantity, type Quantity } from '../value.ts';
import { aimName, asTarget, numberNow } from './prove-aim.ts';
import { contextOf, type Scene, Stuck } from './prove-scene.ts';
import type { Node } from './syntax.ts';

const SIGNED = '1000';
/** A word that was signed, and what it has become. */
const [WORD, OTHER_WORD] = ['one', 'other'];

/** A signed value of a thousand, and what it has moved to since. */
export function aimDrift(name: string, argument: Node, { number }: Quantity, scene: Scene): void {
	if (argument.kind !== 'name') throw new Stuck('function', argument.text);
	if (isNegative(number)) throw new Stuck('none-found', `${name}(${argument.text})`);
	const sample = argument.name;
	if (scene.names.isText?.(sample) === true) {
		if (name !== 'change') throw new Stuck('function', `${name}(${sample})`);
		scene.signed.set(sample, WORD);
		aimName(sample, { kind: 'value', value: isZero(number) ? WORD : OTHER_WORD }, scene);
		return;
	}
	const moved = multiply(SIGNED, number);
	const now = name === 'drop' ? subtract(SIGNED, moved) : add(SIGNED, moved);
	const unit = scene.names.unitOf(sample) ?? 'none';
	scene.signed.set(sample, { number: SIGNED, unit });
	aimName(sample, asTarget(now, unit), scene);
	// What a shown value came to may have been rounded; the signed one keeps its sort.
	const current = contextOf(scene).sample(sample);
	if (current !== undefined && isQuantity(current))
		scene.signed.set(sample, { number: SIGNED, unit: current.unit });
}

/** Earlier days, and a value of now of the same size where none was made up yet. */
export function aimUsual(argument: Node, { number, unit }: Quantity, scene: Scene): void {
	if (argument.kind !== 'name') throw new Stuck('function', argument.text);
	const sample = argument.name;
	if (numberNow(argument, scene) === null) aimName(sample, asTarget(number, unit), scene);
	const own = scene.names.unitOf(sample);
	if (isNegative(number) && (own === 'ms' || own === 'bytes')) throw new Stuck('below-zero', sample);
	// What a division left over is no better an example.
	scene.usuals.set(sample, Number(/\.\d{5}/.test(number) ? Number(number).toPrecision(3) : number));
}
