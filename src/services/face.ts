import type { CheckDefinition, CheckKind } from '../domain/check.ts';
import { expectationFor, namesOf } from '../domain/condition/index.ts';
import type { CheckFace, SystemFace } from '../domain/picture.ts';
import type { SystemDefinition } from '../domain/system.ts';
import { commandText, guardOf } from './run-command.ts';

/** What a row can hold; more values of one check are in its detail view. */
const VALUES_SHOWN = 12;

/** The configuration as the screen may know it: nothing secret, nothing to run. */
export function faceOf(
	system: SystemDefinition,
	kindOf: (name: string) => CheckKind | undefined,
	session: { readonly operator: string; readonly demo: boolean },
): SystemFace {
	return {
		system: system.system,
		environment: system.environment,
		environments: system.environments,
		timezone: system.timezone,
		operator: session.operator,
		services: system.services.map(({ id, title, port, logs }) => ({
			id,
			title,
			port,
			hasLogs: logs.length > 0,
		})),
		checks: system.checks.flatMap((check) => {
			const kind = kindOf(check.kind);
			return kind ? [checkFace(check, kind)] : [];
		}),
		actions: system.actions.map((action) => ({
			id: action.id,
			title: action.title,
			key: action.key,
			guard: guardOf(action, system),
			command: commandText(action),
			builtin: action.body.kind === 'builtin' ? action.body.name : null,
			...(action.body.kind === 'backup'
				? {
						backup: {
							plan: action.body.plan,
							verb: action.body.verb,
							...(action.body.args === undefined ? {} : { isPinned: true }),
						},
					}
				: {}),
		})),
		sheets: system.sheets,
		keys: system.keys,
		statePath: system.state.path,
		stateGroup: system.state.group,
		demo: session.demo,
	};
}

function checkFace(check: CheckDefinition, kind: CheckKind): CheckFace {
	const conditions = [...check.must, ...check.should];
	const units = kind.samples(check.options);
	const shown = check.show.map(({ name, expression }) => ({
		name,
		expected: expectationFor([name, expression.text], conditions),
		unit: null,
	}));
	const own = (kind.values?.(check.options) ?? namesInConditions(check)).filter(
		(name) => !shown.some((s) => s.name === name),
	);
	const others = own.map((name) => ({
		name,
		expected: expectationFor(name, conditions),
		unit: units[name] ?? null,
	}));
	return {
		id: check.id,
		title: check.title,
		service: check.service,
		kind: check.kind,
		target: kind.target(check.options),
		everyMs: check.everyMs,
		timeoutMs: check.timeoutMs,
		confirm: check.confirm,
		must: check.must.map((c) => c.text),
		should: check.should.map((c) => c.text),
		values: [...shown, ...others].slice(0, VALUES_SHOWN),
		headline: kind.headline,
	};
}

function namesInConditions(check: CheckDefinition): readonly string[] {
	const names = [...check.must, ...check.should].flatMap((c) => [
		...namesOf(c).samples,
		...namesOf(c).baselines,
	]);
	return [...new Set(names)].filter((name) => !name.endsWith('.took'));
}
