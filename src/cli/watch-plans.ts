import type { EngineEvent } from '../domain/engine.ts';
import type { OperationId } from '../domain/ids.ts';
import { planReasonText } from '../i18n/backup.ts';
import { levelWord } from '../i18n/levels.ts';
import { secondsText } from '../i18n/times.ts';
import type { CliContext } from './command.ts';
import type { Opened } from './opened.ts';
import { LINGER_MS } from './plan-run.ts';

/** One line when a plan stands otherwise than before, and an end that waits for what is being done with plans. */
export function followPlans(opened: Opened, context: CliContext): { stop(): Promise<void> } {
	const { engine } = opened;
	const { locale, out, clock } = context;
	let { face } = opened;
	const known = new Map((opened.plans() ?? []).map((plan) => [plan.id, plan.level]));
	const running = new Set<OperationId>();
	let wake: () => void = () => {};
	const hear = (event: EngineEvent) => {
		if (event.kind === 'system') face = event.face;
		if (event.kind === 'backups') {
			for (const { id, level, reasons } of event.plans) {
				if (known.get(id) === level) continue;
				known.set(id, level);
				const [reason] = reasons;
				const why = reason === undefined ? '' : ` · ${planReasonText(reason, locale, face.timezone)}`;
				out(`${secondsText(clock.now(), face.timezone)} ${id} ${levelWord(level, locale)}${why}`);
			}
		}
		if (event.kind !== 'operation') return;
		const { id, action, state } = event.operation;
		if (state !== 'running') {
			running.delete(id);
			wake();
		} else if (face.actions.some((known) => known.id === action && known.backup !== undefined))
			running.add(id);
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
