import type { PlanPicture } from '../../domain/backup-picture.ts';
import { isStale } from '../../domain/check-state.ts';
import { type Level, worstLevel } from '../../domain/level.ts';
import type { Flip } from '../../domain/observation.ts';
import type { Operation } from '../../domain/operation.ts';
import { type Locale, ownText } from '../../domain/own-text.ts';
import type { CheckFace, CheckPicture, SystemFace } from '../../domain/picture.ts';
import type { Round } from '../../domain/round.ts';
import type { Baseline } from '../../domain/snapshot.ts';
import type { ErrorCount } from '../logs/error-count.ts';
import { mapTexts } from './canonical.ts';
import { backupsSection } from './report-backups.ts';
import { actionsSection, errorsSection, flipsSection, roundsSection } from './report-day.ts';
import { coverageSection, exceptionsSection, headSection } from './report-head.ts';
import { endpointsSection, integritySection, servicesSection, valuesSection } from './report-values.ts';

/** Which part of the report a check belongs to. */
export type ReportSection = 'endpoints' | 'integrity' | 'permissions' | 'environment' | 'none';

export interface ReportInput {
	readonly face: Pick<SystemFace, 'system' | 'environment' | 'timezone' | 'services' | 'checks' | 'actions'>;
	readonly checks: readonly CheckPicture[];
	readonly baseline: Baseline;
	/** Backup plans as they stand, in the order they are declared. */
	readonly plans: readonly PlanPicture[];
	/** Of today in the system's zone, newest first or oldest first: they are sorted. */
	readonly rounds: readonly Round[];
	readonly operations: readonly Operation[];
	readonly flips: readonly Flip[];
	/** null: not counted to the end. */
	readonly errors: (ErrorCount & { readonly sinceAt: number }) | null;
	/** Epoch ms. */
	readonly now: number;
	readonly locale: Locale;
	/** Of this program. */
	readonly version: string;
	readonly redact: (text: string) => string;
	/** Where a check is reported; by its kind when not said. */
	readonly sectionOf?: (check: CheckFace) => ReportSection;
}

/** One declared check with what is known of it. A stale one is unknown, one never asked is pending: never ok by mistake. */
export interface ReportCheck {
	readonly face: CheckFace;
	readonly picture: CheckPicture | null;
	readonly level: Level;
	readonly evaluated: boolean;
	readonly stale: boolean;
	readonly section: ReportSection;
}

/** The input with everything worked out that more than one part needs. */
export interface ReportScene extends ReportInput {
	readonly found: readonly ReportCheck[];
	readonly zone: string;
}

const SECTIONS: Readonly<Record<string, ReportSection>> = {
	http: 'endpoints',
	tcp: 'endpoints',
	sqlite: 'integrity',
	cors: 'permissions',
	env: 'environment',
	file: 'environment',
};

/** Pure. The day as inert Markdown: exceptions first, then what was measured, then what was done, then what is not known. */
export function dailyReport(input: ReportInput): string {
	const { redact } = input;
	const safe: ReportInput = {
		...input,
		...mapTexts(
			{
				face: input.face,
				checks: input.checks,
				baseline: input.baseline,
				plans: input.plans,
				rounds: input.rounds,
				operations: input.operations,
				flips: input.flips,
				errors: input.errors,
			},
			redact,
		),
	};
	const scene: ReportScene = {
		...safe,
		zone: input.face.timezone,
		found: safe.face.checks.map((face) => findCheck(face, safe)),
	};
	const parts = [
		...headSection(scene),
		...exceptionsSection(scene),
		...servicesSection(scene),
		...endpointsSection(scene),
		...integritySection(scene),
		...valuesSection(scene, 'permissions'),
		...valuesSection(scene, 'environment'),
		...backupsSection(scene),
		...flipsSection(scene),
		...roundsSection(scene),
		...actionsSection(scene),
		...errorsSection(scene),
		...coverageSection(scene),
	];
	return `${parts.join('\n\n')}\n`;
}

function findCheck(face: CheckFace, input: ReportInput): ReportCheck {
	const picture = input.checks.find((one) => one.id === face.id) ?? null;
	const evaluated = picture !== null && picture.at > 0;
	const stale = evaluated && isStale(picture.at, input.now, face);
	return {
		face,
		picture,
		evaluated,
		stale,
		level: !evaluated ? 'pending' : stale ? worstLevel([picture.level, 'unknown']) : picture.level,
		section: input.sectionOf?.(face) ?? SECTIONS[face.kind] ?? 'none',
	};
}

/** What ran, in the language of the report; as it was called then where its action is gone. */
export function operationTitle({ action, title }: Operation, { face, locale }: ReportScene): string {
	const own = face.actions.find((one) => one.id === action)?.title;
	return own === undefined ? title : ownText(own, locale);
}

/** What is reported as an exception besides checks. */
export function failedOperations(operations: readonly Operation[]): readonly Operation[] {
	return operations.filter(
		(one) =>
			one.state === 'lost' || one.state === 'cancelled' || (one.state === 'done' && one.level !== 'ok'),
	);
}
