import type { LoadedConfig } from '../config/load.ts';
import { type ProvedGroup, proveSystem } from '../config/proofs.ts';
import type { Proof } from '../domain/condition/index.ts';
import { ownText } from '../domain/own-text.ts';
import { cellWidth, clean, createRedactor } from '../domain/text.ts';
import { defineMessages, say } from '../i18n/messages.ts';
import { proofText, proofWord } from '../i18n/proof.ts';
import type { CliContext } from './command.ts';
import { paint } from './print.ts';

const words = defineMessages({
	en: {
		action: 'action {id}',
		none: 'no condition to prove',
		totals:
			'{count} conditions: {proven} proven, {vacuous} vacuous, {impossible} impossible, {unproven} unproven',
	},
	'zh-CN': {
		action: '操作 {id}',
		none: '没有可证明的条件',
		totals: '{count} 个条件：已证明 {proven}，空洞 {vacuous}，不可能 {impossible}，未证明 {unproven}',
	},
});

const MARKS: Readonly<Record<Proof['kind'], readonly [glyph: string, sgr: string]>> = {
	proven: ['●', '32'],
	vacuous: ['✖', '31'],
	impossible: ['✖', '31'],
	unproven: ['?', '35'],
};
/** Conditions longer than this push their own example to the right, not everybody's. */
const WIDEST = 56;

type Totals = Record<Proof['kind'], number>;

/** Prints what is known of every condition; exit 1 when one of them tests nothing or asks for what cannot be. */
export function printProofs(
	{ system, secretValues }: Pick<LoadedConfig, 'system' | 'secretValues'>,
	context: Pick<CliContext, 'out' | 'json' | 'locale'>,
	json: boolean,
): number {
	const groups = proveSystem(system);
	const totals: Totals = { proven: 0, vacuous: 0, impossible: 0, unproven: 0 };
	for (const { proof } of groups.flatMap((group) => group.proofs)) totals[proof.kind] += 1;
	const isSound = totals.vacuous + totals.impossible === 0;
	// No condition holds a secret; this is for one that somebody also wrote into a plain place.
	const redact = createRedactor(secretValues);
	if (json) {
		const facts = {
			ok: isSound,
			system: system.system,
			environment: system.environment.name,
			totals,
			groups: groups.map(groupFacts),
		};
		context.json(redacted(facts, redact));
	} else printGroups(groups, totals, context, redact);
	return isSound ? 0 : 1;
}

function printGroups(
	groups: readonly ProvedGroup[],
	totals: Totals,
	{ out, locale }: Pick<CliContext, 'out' | 'locale'>,
	redact: (text: string) => string,
): void {
	const width = Math.max(
		0,
		...groups.flatMap(({ proofs }) =>
			proofs.map(({ proof }) => Math.min(WIDEST, cellWidth(plain(proof.condition)))),
		),
	);
	const wordWidth = Math.max(...KINDS.map((kind) => cellWidth(proofWord(kind, locale))));
	for (const group of groups) {
		const id = group.kind === 'action' ? say(words, locale, 'action', { id: group.id }) : group.id;
		const title = group.title === null ? '' : ` · ${plain(ownText(group.title, locale))}`;
		out(redact(`${id}${title}`));
		for (const { severity, proof } of group.proofs) {
			const [glyph, sgr] = MARKS[proof.kind];
			const mark = paint(sgr, `${glyph} ${padded(proofWord(proof.kind, locale), wordWidth)}`);
			const line = `  ${severity.padEnd(6)}  ${padded(plain(proof.condition), width)}  ${proofText(proof, locale)}`;
			out('  ', mark, redact(line));
		}
	}
	const count = Object.values(totals).reduce((sum, number) => sum + number, 0);
	out(count === 0 ? say(words, locale, 'none') : say(words, locale, 'totals', { count, ...totals }));
}

const KINDS = Object.keys(MARKS) as readonly Proof['kind'][];

function plain(text: string): string {
	return clean(text.replace(/\s+/g, ' '));
}

function padded(text: string, width: number): string {
	return text + ' '.repeat(Math.max(0, width - cellWidth(text)));
}

function groupFacts({ kind, id, proofs }: ProvedGroup): Record<string, unknown> {
	return {
		[kind]: id,
		conditions: proofs.map(({ severity, proof }) => ({
			severity,
			condition: proof.condition,
			class: proof.kind,
			...(proof.kind === 'proven' ? {} : { code: proof.code, operand: proof.operand }),
			...(proof.kind === 'unproven' ? { missing: proof.missing } : {}),
			fails: proof.fails?.outcome.resolved ?? null,
			holds: proof.holds?.outcome.resolved ?? null,
		})),
	};
}

function redacted(value: unknown, redact: (text: string) => string): unknown {
	if (typeof value === 'string') return redact(value);
	if (Array.isArray(value)) return value.map((item) => redacted(item, redact));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redacted(inner, redact)]));
}
