import type { Level } from '../../domain/level.ts';
import type { Locale } from '../../domain/own-text.ts';
import type { Samples } from '../../domain/reading.ts';
import type { Evidence, Round, Step } from '../../domain/round.ts';
import { formatBare, isQuantity } from '../../domain/value.ts';
import { foundTexts } from '../../i18n/backup.ts';
import { ageText, clockText } from '../../i18n/times.ts';
import type { OperationPicture, PictureState } from '../../store/index.ts';
import { sayReason } from '../reasons.ts';
import { roundWord } from './words.ts';

const OUTPUT_SHOWN = 60;

type Ran = Extract<Evidence, { kind: 'operation' }>;

/** A launched step's operation: the live one while it runs, else what it left behind. */
export interface StepOperation {
	readonly command: string;
	/** null: it never ran in this round. */
	readonly level: Level | null;
	/** `8/8`, or its samples. */
	readonly result: string;
	readonly when: string;
	readonly isRunning: boolean;
	readonly reasons: readonly string[];
	readonly output: readonly string[];
	readonly files: readonly string[];
	/** Both known: a bar can be drawn. */
	readonly share: number | null;
}

function resultOf(
	samples: Samples,
	locale: Locale,
	isBackup: boolean,
): { readonly text: string; readonly share: number | null } {
	const { passed, total } = samples;
	if (passed !== undefined && total !== undefined && passed !== null && total !== null) {
		const share =
			isQuantity(passed) && isQuantity(total) && Number(total.number) > 0
				? Number(passed.number) / Number(total.number)
				: null;
		return { text: `${formatBare(passed, { locale })}/${formatBare(total, { locale })}`, share };
	}
	if (isBackup) return { text: foundTexts(samples, locale).join(' · '), share: null };
	const parts = Object.entries(samples)
		.slice(0, 4)
		.map(([name, value]) => `${name} ${formatBare(value, { locale })}`);
	return { text: parts.join(' · '), share: null };
}

/** The operation of a step: while it runs the live one, else what it left behind. */
function operationOf(state: PictureState, round: Round, step: Step): OperationPicture | null {
	const own = [...state.operations.values()].filter(
		({ operation }) => operation.step?.round === round.id && operation.step.index === step.index,
	);
	return own.sort((a, b) => a.operation.startedAt - b.operation.startedAt).at(-1) ?? null;
}

export function toOperation(
	state: PictureState,
	round: Round,
	step: Step,
	evidence: readonly Evidence[],
	now: number,
	locale: Locale,
	zone: string,
): StepOperation {
	const { definition } = step;
	const face =
		definition.kind === 'run' ? state.face?.actions.find((a) => a.id === definition.action) : undefined;
	const isBackup = face?.backup !== undefined;
	const live = step.answer ? null : operationOf(state, round, step);
	const left = evidence.findLast((e): e is Ran => e.kind === 'operation');
	const isRunning = live?.operation.state === 'running';
	if (isRunning || (live && !left)) {
		const { operation, tail } = live;
		const result = resultOf(operation.samples, locale, isBackup);
		return {
			command: operation.command,
			level: operation.level,
			result: result.text,
			share: result.share,
			when: isRunning
				? roundWord(locale, 'running', { age: ageText(now - operation.startedAt, locale) })
				: roundWord(locale, 'run-by', {
						by: operation.by,
						time: clockText(operation.endedAt ?? operation.startedAt, zone),
					}),
			isRunning,
			reasons: operation.reasons.map((reason) => sayReason(reason, locale)),
			output: tail,
			files: operation.files,
		};
	}
	if (!left)
		return {
			command: face?.command ?? '',
			level: null,
			result: '',
			share: null,
			when: '',
			isRunning: false,
			reasons: [],
			output: [],
			files: [],
		};
	const result = resultOf(left.samples, locale, isBackup);
	return {
		command: left.command,
		level: left.level,
		result: result.text,
		share: result.share,
		when: clockText(left.at, zone),
		isRunning: false,
		reasons: left.reasons.map((reason) => sayReason(reason, locale)),
		output: left.output.trimEnd() === '' ? [] : left.output.trimEnd().split('\n').slice(-OUTPUT_SHOWN),
		files: left.files,
	};
}
