import type { z } from 'zod';
import { type FlowOptions, type FlowStep, hostIsFixed, isWriting } from './flow-options.ts';
import { referencesOf } from './flow-references.ts';

type Complain = (path: readonly (string | number)[], message: string) => void;

/** What no single field can say: references that lead somewhere, and nothing written without a way back. */
export function checkFlow(options: FlowOptions, context: z.core.$RefinementCtx): void {
	const complain: Complain = (path, message) =>
		context.addIssue({ code: 'custom', path: [...path], message });
	const captured = new Set<string>();
	const names = new Set<string>();
	const lists = [
		['steps', options.steps],
		['cleanup', options.cleanup ?? []],
	] as const;
	for (const [list, steps] of lists)
		for (const [at, step] of steps.entries()) {
			const where = [list, at] as const;
			if (names.has(step.name) || step.name === 'captured')
				complain([...where, 'name'], 'expected a name that no other step has');
			names.add(step.name);
			checkSent(step, where, complain);
			checkReferences(options, step, { where, captured }, complain);
			for (const name of Object.keys(step.capture ?? {})) captured.add(`captured.${name}`);
		}
	checkWrites(options, complain);
}

function checkSent(step: FlowStep, where: readonly (string | number)[], complain: Complain): void {
	if (!hostIsFixed(step.url))
		complain([...where, 'url'], 'expected a fixed host: what was captured may only stand behind it');
	if (step.body !== undefined && (step.form !== undefined || step.upload !== undefined))
		complain([...where, 'body'], 'expected either a body or a form, not both');
}

function checkReferences(
	{ testData = {}, files = {} }: FlowOptions,
	step: FlowStep,
	{
		where,
		captured,
	}: { readonly where: readonly (string | number)[]; readonly captured: ReadonlySet<string> },
	complain: Complain,
): void {
	for (const reference of referencesOf(step)) {
		const [word = '', name = ''] = reference.split('.');
		if (word === 'captured' && !captured.has(reference))
			complain(where, 'expected a step before this one that captures what it refers to');
		if (word === 'test' && !Object.hasOwn(testData, name))
			complain(where, 'expected what it refers to in "testData"');
	}
	for (const name of Object.values(step.upload ?? {}))
		if (!Object.hasOwn(files, name)) complain([...where, 'upload'], 'expected the name of one of "files"');
}

/** What a probe leaves behind must be ours to see, and be taken away again. */
function checkWrites({ steps, cleanup, writes, testData, files }: FlowOptions, complain: Complain): void {
	const writing = [...steps.entries()].filter(([, step]) => isWriting(step));
	const [first] = writing;
	if (!writes) {
		if (first !== undefined)
			complain(
				['steps', first[0]],
				'expected "writes: true" for a step that may change something, or "changes: false" in it',
			);
		if (cleanup !== undefined) complain(['cleanup'], 'expected "writes: true" beside "cleanup"');
		return;
	}
	if (testData === undefined && files === undefined)
		complain([], 'expected "testData" or "files" beside "writes: true"');
	if (cleanup === undefined) complain([], 'expected "cleanup" beside "writes: true"');
	for (const [at, step] of writing)
		if (step.upload === undefined && referencesOf(step).length === 0)
			complain(['steps', at], 'expected a step that writes to hold something of "testData"');
}
