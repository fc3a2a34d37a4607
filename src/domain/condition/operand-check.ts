import type { Condition, Node } from './syntax.ts';
import { fail } from './tokens.ts';

/** Refuses operands that an operator could never do anything with. */
export function checkOperands({ left, operator, right }: Omit<Condition, 'pattern'>): void {
	const word = operator.replace('not ', '');
	if (left.kind === 'list') throw fail('list-here', left, {});
	if (right === null) {
		if (!isReadable(left)) throw fail('needs-name', left, { operator });
		return;
	}
	if (right.kind === 'list' && word !== 'in' && word !== '==' && word !== '!=')
		throw fail('list-here', right, {});
	if (word === 'in' && !isListLike(right)) throw fail('needs-list', right, { operator });
	if (word === 'matches' && !isText(right)) throw fail('needs-text', right, { name: operator });
	const wantsText = word === 'startsWith' || word === 'endsWith';
	if (wantsText && right.kind === 'literal' && !isText(right))
		throw fail('needs-text', right, { name: operator });
}

function isReadable(node: Node): boolean {
	return node.kind === 'name' || node.kind === 'path' || node.kind === 'header';
}

function isListLike(node: Node): boolean {
	return node.kind === 'list' || node.kind === 'path';
}

function isText(node: Node): boolean {
	return node.kind === 'literal' && typeof node.value === 'string';
}
