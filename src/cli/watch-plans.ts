import type { EngineEvent } from '../domain/engine.ts';
import type { OperationId } from '../domain/ids.ts';
import { planReasonText, spanWords } from '../i18n/backup.ts';
import { levelWord } from '../i18n/levels.ts';
import { say } from '../i18n/messages.ts';
import { secondsText } from '../i18n/times.ts';
import { verbWords } from './backup-words.ts';
import { reasonLine } from './check-lines.ts';
import type { CliContext } from './command.ts';
import type { Opened } from './opened.ts';
import { LINGER_MS } from './plan-run.ts';

/** One line when a plan stands otherwise than before, and one when something was done with it. */
export function followPlans(opened: Opened, context: CliContext): { stop(): Promise<void> } {
	const { engine } = opened;
	let { face } = opened;
	const { locale, out, clock } = context;
	const known = new Map((opened.plans() ?? []).map((plan) => [plan.id, plan.level]));
	const running = new Set<OperationId>();
	let wake: () => void = () => {};
	const print = (at: number, text: string, why: string | undefined) =>
		out(`${secondsText(at, face.timezone)} ${text}${why === undefined ? '' : ` · ${why}`}`);
	const hear = (event: EngineEvent) => {
		if (event.kind === 'system') face = event.face;
		if (event.kind === 'backups') {
			for (const { id, level, reasons } of event.plans) {
				if (known.get(id) === level) continue;
				known.set(id, level);
				const [reason] = reasons;
				const why = reason === undefined ? undefined : planReasonText(reason, locale, face.timezone);
				print(clock.now(), `${id} ${levelWord(level, locale)}`, why);
			}
		}
		if (event.kind !== 'operation') return;
		const { operation } = event;
		const done = face.actions.find((action) => action.id === operation.action)?.backup;
		if (done === undefined) return;
		if (operation.state === 'running') {
			running.add(operation.id);
			return;
		}
		if (!running.delete(operation.id)) return;
		wake();
		const { startedAt, endedAt, level, reasons } = operation;
		const at = endedAt ?? clock.now();
		const [reason] = reasons;
		const verb = `${done.plan} ${say(verbWords, locale, done.verb)} ${levelWord(level, locale)}`;
		const why = reason === undefined ? spanWords(at - startedAt, locale) : reasonLine(reason, locale);
		print(at, verb, why);
	};
	const unhear = opened.on(hear);
	return {
		/** Cancels what this process runs and waits until it was taken away; what others run is theirs. */
		async stop() {
			if (running.size > 0) context.linger(LINGER_MS);
			for (const operation of [...running]) {
				const asked = await engine.send('operation.cancel', { operation });
				if (!asked.ok) running.delete(operation);
			}
			while (running.size > 0)
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
			unhear();
		},
	};
}
