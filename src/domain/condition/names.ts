import { splitName } from './resolve.ts';
import type { Condition, Expression, Node } from './syntax.ts';

/** Everything a condition or an expression reads, each once, in the order written. */
export interface Names {
	readonly samples: readonly string[];
	/** `name` is the whole text, `summary.net`. It is an own sample when the check has one of that name. */
	readonly others: readonly { readonly check: string; readonly sample: string; readonly name: string }[];
	readonly paths: readonly string[];
	readonly headers: readonly string[];
	/** Samples whose signed value is read. */
	readonly baselines: readonly string[];
	readonly windows: readonly { readonly sample: string; readonly ms: number }[];
}

/** `isOwn` tells dotted names of own samples (`customers.took`) from another check's (`summary.net`). */
export function namesOf(from: Condition | Expression, isOwn: (name: string) => boolean = () => false): Names {
	const nodes: Node[] = [];
	for (const root of 'root' in from ? [from.root] : [from.left, from.right])
		if (root !== null) collect(root, nodes);
	const baselines = nodes.flatMap((node) => {
		const isDrift = node.kind === 'call' && /^(?:drop|rise|change)$/.test(node.name);
		return isDrift && node.args[0]?.kind === 'name' ? [node.args[0].name] : [];
	});
	const usuals = nodes.flatMap((node) =>
		node.kind === 'call' && node.name === 'usual' && node.args[0]?.kind === 'name' ? [node.args[0].name] : [],
	);
	const names = nodes.flatMap((node) => (node.kind === 'name' ? [node.name] : []));
	const windows = nodes.flatMap((node) =>
		node.kind === 'window' ? [{ sample: node.sample, ms: node.ms }] : [],
	);
	const isOther = (name: string) =>
		name.includes('.') && !baselines.includes(name) && !usuals.includes(name) && !isOwn(name);
	return {
		samples: unique([...names.filter((name) => !isOther(name)), ...windows.map((window) => window.sample)]),
		others: unique(names.filter(isOther)).flatMap((name) => {
			const split = splitName(name);
			return split === null ? [] : [{ ...split, name }];
		}),
		paths: unique(nodes.flatMap((node) => (node.kind === 'path' ? [node.path.text] : []))),
		headers: unique(nodes.flatMap((node) => (node.kind === 'header' ? [node.name] : []))),
		baselines: unique(baselines),
		windows: windows.filter(
			(window, index) =>
				windows.findIndex((other) => other.sample === window.sample && other.ms === window.ms) === index,
		),
	};
}

function collect(node: Node, into: Node[]): void {
	into.push(node);
	if (node.kind === 'call') for (const argument of node.args) collect(argument, into);
	else if (node.kind === 'negation') collect(node.operand, into);
	else if (node.kind === 'arithmetic') {
		collect(node.left, into);
		collect(node.right, into);
	}
}

function unique(texts: readonly string[]): string[] {
	return [...new Set(texts)];
}
