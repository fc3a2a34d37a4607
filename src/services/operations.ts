import type { ProgressPicture } from '../domain/backup-picture.ts';
import type { Refusal } from '../domain/engine.ts';
import type { OperationId } from '../domain/ids.ts';
import { type Level, worstLevel } from '../domain/level.ts';
import type { Operation } from '../domain/operation.ts';
import { ownText } from '../domain/own-text.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { RunningOperation } from '../domain/storage-port.ts';
import type { ActionDefinition } from '../domain/system.ts';
import { refusalText } from '../i18n/refusal.ts';
import { type Beginning, lastLines, lastMsOf, mayEnd, rivalsOf, TAIL_LINES } from './operation-beginning.ts';
import type { Operations, OperationsParts } from './operations-parts.ts';
import { refuse } from './refusing.ts';
import { commandText, guardOf, type OperationEnd, runCommand } from './run-command.ts';

/** Progress reaches the screen four times a second at most. */
const TELL_MS = 250;

export function createOperations(parts: OperationsParts): Operations {
	const { clock, store } = parts;
	const running = new Map<
		OperationId,
		{
			readonly operation: Operation;
			readonly controller: AbortController;
			readonly done: Promise<Operation | null>;
		}
	>();
	const told = new Map<OperationId, { readonly state: string; readonly tail: readonly string[] }>();
	/** Ended here, though the store does not know yet. */
	const late = new Map<OperationId, { readonly operation: Operation; readonly output: string }>();

	const tell = (operation: Operation, tail: readonly string[], progress?: ProgressPicture) => {
		told.set(operation.id, { state: operation.state, tail });
		parts.onOperation(operation, tail, progress);
	};

	const runSequence = async (
		body: Extract<ActionDefinition['body'], { kind: 'sequence' }>,
		parent: Operation,
		signal: AbortSignal,
		onText: (text: string) => void,
		agreed: boolean,
	): Promise<OperationEnd> => {
		const levels: Level[] = [];
		const files: string[] = [];
		const lines: string[] = [];
		const say = (line: string) => {
			lines.push(line);
			onText(`${line}\n`);
		};
		for (const [index, part] of body.parts.entries()) {
			if (signal.aborted) break;
			const place = `${index + 1}/${body.parts.length}`;
			if ('check' in part) {
				const asked = await parts.askCheck(part.check);
				levels.push(asked.level);
				say(`${place} ${part.check}: ${asked.line}`);
				continue;
			}
			const system = parts.system();
			const action = system.actions.find((a) => a.id === part.action);
			// The configuration may have changed meanwhile: what is gone was not done, what now asks was not agreed to.
			const child = !action
				? refuse('no-such-action', { action: part.action })
				: !agreed && guardOf(action, system) !== 'none'
					? refuse('needs-confirmation', { environment: system.environment.name })
					: begin(action, { step: parent.step, parent: parent.id, agreed, args: {} });
			if (!action || !child.ok) {
				levels.push('unknown');
				if (!child.ok) say(`${place} ${part.action}: ${refusalText(child.error, parts.locale)}`);
				continue;
			}
			const follow = () => running.get(child.value.id)?.controller.abort();
			signal.addEventListener('abort', follow, { once: true });
			const ended = await (running.get(child.value.id)?.done ?? null);
			signal.removeEventListener('abort', follow);
			levels.push(ended?.level ?? 'unknown');
			files.push(...(ended?.files ?? []));
			say(`${place} ${ownText(action.title, parts.locale)}: ${ended?.level ?? 'unknown'}`);
		}
		return {
			level: worstLevel(levels),
			samples: {},
			reasons: [],
			output: lines.join('\n'),
			files,
			cancelled: signal.aborted,
		};
	};

	const begin = (
		action: ActionDefinition,
		{ step, parent, agreed, args }: Beginning,
	): Result<Operation, Refusal> => {
		const started = store.start(
			{
				action: action.id,
				title: ownText(action.title, parts.locale),
				by: parts.operator,
				startedAt: clock.now(),
				step,
				parent,
				command: commandText(action),
			},
			parts.runner,
			lives,
			rivalsOf(action),
		);
		if (!started.ok) return err({ kind: 'fault', fault: started.error });
		if ('running' in started.value) {
			const { by, startedAt, action: other } = started.value.running;
			return refuse(other === action.id ? 'already-running' : 'plan-busy', { by, at: startedAt });
		}
		const operation = started.value.begun;
		const controller = new AbortController();
		const done = carryOut(action, operation, controller.signal, { agreed, args });
		running.set(operation.id, { operation, controller, done });
		parts.onActivity('operation.started', {
			action: action.id,
			operation: operation.id,
			command: operation.command,
		});
		tell(operation, []);
		return ok(operation);
	};

	const carryOut = async (
		action: ActionDefinition,
		operation: Operation,
		signal: AbortSignal,
		{ agreed, args }: Pick<Beginning, 'agreed' | 'args'>,
	): Promise<Operation | null> => {
		let tail: string[] = [];
		let rest = '';
		let cancelTell: (() => void) | null = null;
		const onText = (text: string) => {
			const lines = (rest + text).split('\n');
			rest = (lines.pop() ?? '').slice(-4_096);
			tail = [...tail, ...lines].slice(-TAIL_LINES);
			tellSoon();
		};
		let progress: ProgressPicture | undefined;
		const tellSoon = () => {
			cancelTell ??= clock.after(TELL_MS, () => {
				cancelTell = null;
				// Redacted again as whole lines: a secret may come in two pieces.
				tell(operation, (rest === '' ? tail : [...tail, rest]).map(parts.redact), progress);
			});
		};
		const onProgress = (next: ProgressPicture) => {
			progress = next;
			tellSoon();
		};
		// Begun in a later turn, so that whoever started it knows its id before anything ends.
		await Promise.resolve();
		const { body } = action;
		let end: OperationEnd;
		try {
			end =
				body.kind === 'run'
					? await runCommand(action, body, parts, signal, onText, (group) =>
							parts.leftovers.note(operation.id, group),
						)
					: body.kind === 'sequence'
						? await runSequence(body, operation, signal, onText, agreed)
						: body.kind === 'backup'
							? await parts.backups().run(body, {
									operation,
									args: { ...body.args, ...args },
									signal,
									onText,
									onProgress,
								})
							: await parts.report();
		} catch (thrown) {
			const text = thrown instanceof Error ? thrown.message : String(thrown);
			end = { level: 'unknown', samples: {}, reasons: [{ kind: 'bug', text }], output: '', files: [] };
		}
		(cancelTell as (() => void) | null)?.();
		return running.has(operation.id) ? settle(operation, end) : null;
	};

	const settle = (operation: Operation, { output, cancelled, ...end }: OperationEnd): Operation => {
		const { id, action } = operation;
		const state = cancelled ? 'cancelled' : 'done';
		const { level, samples, reasons, files } = end;
		const facts = { endedAt: clock.now(), state, level, samples, reasons, files } as const;
		// Even when the store is busy or full the screen says how it ended; what is not stored yet is counted.
		const ended: Operation = { ...operation, ...facts };
		running.delete(id);
		late.set(id, { operation: ended, output });
		parts.leftovers.forget(id);
		parts.keep(
			() => store.finish(id, facts, output),
			() => late.delete(id),
		);
		tell(ended, lastLines(output));
		parts.onActivity('operation.ended', { action, operation: id, level, state });
		parts.onFinished(ended, output);
		return ended;
	};

	/** One of our own lives while we run it. */
	const lives = (one: RunningOperation): boolean =>
		running.has(one.operation.id) || (!late.has(one.operation.id) && parts.isAlive(one));

	const recover = () => {
		const left = store.running();
		if (!left.ok) return;
		for (const one of left.value) {
			const { operation } = one;
			if (late.has(operation.id) || lives(one)) continue;
			const end = {
				endedAt: clock.now(),
				state: 'lost',
				level: 'unknown',
				samples: {},
				reasons: [],
				files: [],
			} as const;
			const stored = store.finish(operation.id, end, '');
			if (!stored.ok) continue;
			const isEnded = one.runner?.host === parts.runner.host && parts.leftovers.end(operation.id);
			const { id, action } = operation;
			parts.onActivity(isEnded ? 'operation.left-ended' : 'operation.lost', { action, operation: id });
			tell(stored.value, []);
			parts.onFinished(stored.value, '');
		}
	};

	return {
		async start({ action: id, step, confirmed, args = {} }) {
			const system = parts.system();
			const action = system.actions.find((a) => a.id === id);
			if (!action) return refuse('no-such-action', { action: id });
			const guard = guardOf(action, system);
			const agreed =
				guard === 'none' || (guard === 'typed' ? confirmed === system.environment.name : confirmed !== null);
			if (!agreed) return refuse('needs-confirmation', { environment: system.environment.name });
			// A console that was killed must not keep the others from running this.
			recover();
			const refusal = action.body.kind === 'backup' ? await parts.backups().refuses(action.body, args) : null;
			if (refusal !== null) return err(refusal);
			const begun = begin(action, { step, parent: null, agreed: guard !== 'none', args });
			return begun.ok ? ok({ operation: begun.value }) : begun;
		},
		async runWithin(id, parent) {
			const action = parts.system().actions.find((a) => a.id === id);
			const begun = action ? begin(action, { step: null, parent, agreed: true, args: {} }) : null;
			return begun?.ok ? (running.get(begun.value.id)?.done ?? null) : null;
		},
		present: () => [...running.values()].map(({ operation }) => operation),
		cancel(id) {
			const found = running.get(id);
			if (!found) return refuse('not-running', { operation: id });
			parts.onActivity('operation.cancelled', { action: found.operation.action, operation: id });
			found.controller.abort();
			return ok({});
		},
		recover,
		reread() {
			const recent = store.list(20);
			if (!recent.ok) return;
			for (const operation of recent.value.toReversed()) {
				const { id, state } = operation;
				if (running.has(id) || late.has(id) || told.get(id)?.state === state) continue;
				const output = state === 'running' ? null : store.output(id);
				tell(operation, output?.ok ? lastLines(output.value) : []);
			}
		},
		unstored: (id) => late.get(id) ?? null,
		isBusy: () => running.size > 0,
		lastMs: () => lastMsOf([...running.values()], parts.system()),
		ended: async (id) => {
			const found = running.get(id);
			if (found) return found.done;
			const stored = store.get(id);
			return stored.ok ? stored.value : null;
		},
		async stop() {
			const ends = [...running.values()].map(({ operation, controller, done }) => {
				if (mayEnd(operation, [...running.values()], parts.system())) controller.abort();
				return done;
			});
			await Promise.all(ends);
		},
		abandon() {
			for (const { operation } of running.values()) {
				const output = (told.get(operation.id)?.tail ?? []).join('\n');
				settle(operation, { level: 'unknown', samples: {}, reasons: [], output, files: [], cancelled: true });
			}
		},
	};
}
