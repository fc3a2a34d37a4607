import { roundId, sheetId } from '../domain/ids.ts';
import { type AnswerOutcome, type Round, type Step, standingOf } from '../domain/round.ts';
import { clockText } from '../i18n/times.ts';
import type { PictureState } from '../store/index.ts';
import { type Action, type ActionContext, defineAction, selectedRow, type Words, words } from './define.ts';
import { launch } from './operations.ts';
import { openField } from './round-field.ts';
import { NO_ROUND, unlessChangeable } from './round-sign.ts';
import { goOn, isPaneOpen, openRounds, PANE_CHOICE, shownRound, shownStep, showRound } from './round-view.ts';
import { tellRefusal } from './tell.ts';
import { goUp } from './view.ts';

/** The step in hand of a round that can still be changed. */
function inHand(state: PictureState): { readonly round: Round; readonly step: Step } | null {
	const round = shownRound(state);
	const step = round && !round.signed ? shownStep(state, round) : null;
	return round && step ? { round, step } : null;
}

function unlessOpen(state: PictureState): Words | null {
	const barred = unlessChangeable(state);
	if (barred) return barred;
	const answer = inHand(state)?.step.answer;
	if (!answer) return null;
	const time = clockText(answer.at, state.face?.timezone ?? 'UTC');
	return words(
		`${answer.by} answered this at ${time}; u takes the answer back`,
		`${answer.by} 已于 ${time} 答复；按 u 可撤回`,
	);
}

/** Sends an answer that needs no words; then goes on to what is still open. */
async function answerOk(context: ActionContext, round: Round, step: Step): Promise<void> {
	const asked = {
		round: round.id,
		step: step.index,
		outcome: 'ok' as const,
		note: '',
		version: round.version,
	};
	const answer = await context.engine.send('round.answer', asked);
	if (!answer.ok) return tellRefusal(context, answer.error);
	context.picture.apply([{ kind: 'round', round: answer.value.round }]);
	goOn(context, answer.value.round, step);
}

async function answer(context: ActionContext): Promise<void> {
	const state = context.picture.state();
	const hand = inHand(state);
	if (!hand) return;
	const { round, step } = hand;
	const standing = standingOf(step);
	const { kind } = step.definition;
	const { view } = context.picture;
	if (kind === 'ask') return openField(context, round, step, 'ok');
	if (standing === 'ok' || standing === 'first') return answerOk(context, round, step);
	if (standing === 'attention') return openField(context, round, step, 'accept');
	const why =
		kind === 'run'
			? standing === 'filling'
				? words('it is still running', '仍在执行')
				: words('it has not run in this round yet: ↵ runs it', '本次巡检尚未执行：按 ↵ 执行')
			: words('not every check has been asked yet: r asks them again', '并非所有检查都有结果：按 r 重新检查');
	view.tell('bad', why[context.locale]);
}

const writeAnswer =
	(outcome: AnswerOutcome) =>
	(context: ActionContext): void => {
		const hand = inHand(context.picture.state());
		if (hand) openField(context, hand.round, hand.step, outcome);
	};

async function openRow(context: ActionContext): Promise<void> {
	const row = selectedRow(context);
	if (!row) return;
	const [kind, id = '', due = ''] = row.id.split(':');
	if (kind === 'round') return showRound(context, roundId(Number(id)));
	const sheet = sheetId(id);
	const begun = await context.engine.send('round.begin', { sheet, dueAt: due ? Number(due) : null });
	if (!begun.ok) return tellRefusal(context, begun.error);
	const { round } = begun.value;
	context.picture.apply([{ kind: 'round', round }]);
	showRound(context, round.id);
}

/** `↵`: runs what is launched; goes into the pane of checks, and there opens the check. */
async function openStep(context: ActionContext): Promise<void> {
	const state = context.picture.state();
	const round = shownRound(state);
	if (!round) return openRow(context);
	const step = shownStep(state, round);
	if (!step) return;
	const { view } = context.picture;
	if (isPaneOpen(state)) {
		const row = selectedRow(context);
		if (!row?.id.startsWith('check:')) return;
		view.open({ kind: 'service', subject: row.id, openedAt: context.monotonic(), field: null });
		return context.refresh();
	}
	const { definition } = step;
	if (definition.kind === 'run' && !round.signed && !step.answer)
		return launch(context, { action: definition.action, step: { round: round.id, index: step.index } });
	view.choose(PANE_CHOICE, 'step');
}

async function undo(context: ActionContext): Promise<void> {
	const hand = inHand(context.picture.state());
	if (!hand) return;
	const { round, step } = hand;
	const taken = await context.engine.send('round.undo', {
		round: round.id,
		step: step.index,
		version: round.version,
	});
	if (!taken.ok) return tellRefusal(context, taken.error);
	context.picture.apply([{ kind: 'round', round: taken.value.round }]);
	const said = words(`step ${step.index + 1} is open again`, `步骤 ${step.index + 1} 已重新打开`);
	context.picture.view.tell('plain', said[context.locale]);
	context.refresh();
}

async function askAgain(context: ActionContext): Promise<void> {
	const state = context.picture.state();
	const round = shownRound(state);
	const definition = round ? shownStep(state, round)?.definition : undefined;
	if (!definition) return;
	const isWhole = definition.kind === 'ask' && definition.changes;
	const checks = definition.kind === 'check' ? definition.checks : [];
	const { view } = context.picture;
	const { locale } = context;
	if (!isWhole && checks.length === 0)
		return view.tell('bad', words('this step rests on no checks', '该步骤不依赖任何检查')[locale]);
	view.tell('plain', words('asking …', '正在检查 …')[locale]);
	const asked = await context.engine.send('checks.ask', { checks });
	if (!asked.ok) return tellRefusal(context, asked.error);
	const { asked: count } = asked.value;
	const said = words(`asked ${count} ${count === 1 ? 'check' : 'checks'} again`, `已重新检查 ${count} 项`);
	view.tell('good', said[locale]);
}

function switchRound(context: ActionContext, by: 1 | -1): void {
	const state = context.picture.state();
	const open = openRounds(state);
	const at = open.findIndex((round) => round.id === shownRound(state)?.id);
	const next = open[(at + by + open.length) % open.length];
	if (next) showRound(context, next.id);
}

const unlessSeveral = (state: PictureState): Words | null =>
	openRounds(state).length > 1 || (openRounds(state).length === 1 && !shownRound(state))
		? null
		: words('no other round is in progress', '没有其他进行中的巡检');

export const roundActions: readonly Action[] = [
	defineAction({
		id: 'round.open',
		keys: ['enter'],
		label: words('open', '打开'),
		help: words(
			'begin or open the selected round; in a round, run the step or go into it',
			'开始或打开所选巡检；在巡检中执行该步骤或进入步骤',
		),
		where: ['round'],
		silent: true,
		run: openStep,
	}),
	defineAction({
		id: 'step.answer',
		keys: ['space'],
		label: words('answer', '答复'),
		help: words(
			'it is as it should be; a question opens its answer, what is not ok asks for a note',
			'确认正常；问题将打开答复输入，异常项需填写备注',
		),
		where: ['round'],
		disabled: unlessOpen,
		run: answer,
	}),
	defineAction({
		id: 'step.fail',
		keys: ['f'],
		label: words('fail', '不通过'),
		help: words('it is not as it should be; say what', '不符合要求；请说明'),
		where: ['round'],
		disabled: unlessOpen,
		run: writeAnswer('fail'),
	}),
	defineAction({
		id: 'step.skip',
		keys: ['x'],
		label: words('skip', '跳过'),
		help: words('not done in this round; say why', '本次不做；请说明原因'),
		where: ['round'],
		disabled: unlessOpen,
		run: writeAnswer('skip'),
	}),
	defineAction({
		id: 'step.note',
		keys: ['c'],
		label: words('note', '备注'),
		help: words('a remark on this step, answered or not', '为该步骤添加备注'),
		where: ['round'],
		disabled: unlessChangeable,
		run: (context) => {
			const hand = inHand(context.picture.state());
			if (hand) openField(context, hand.round, hand.step, 'note');
		},
	}),
	defineAction({
		id: 'step.undo',
		keys: ['u'],
		label: words('undo', '撤回'),
		help: words('take the answer of this step back', '撤回该步骤的答复'),
		where: ['round'],
		disabled: (state) =>
			unlessChangeable(state) ??
			(inHand(state)?.step.answer ? null : words('this step has no answer yet', '该步骤尚无答复')),
		run: undo,
	}),
	defineAction({
		id: 'step.ask',
		keys: ['r'],
		label: words('re-check', '重新检查'),
		help: words('ask the checks of this step now', '立即执行该步骤的检查'),
		where: ['round'],
		disabled: unlessChangeable,
		run: askAgain,
	}),
	defineAction({
		id: 'step.logs',
		keys: ['p'],
		label: words('logs', '日志'),
		help: words(
			'go to the logs of this question; p there pins a line as evidence',
			'转到该问题的日志；在日志中按 p 可将一行固定为证据',
		),
		where: ['round'],
		disabled: (state) =>
			unlessChangeable(state) ??
			(inHand(state)?.step.definition.kind === 'ask'
				? null
				: words('lines are pinned to questions only', '只有问题步骤可以固定日志')),
		run: (context) => {
			const definition = inHand(context.picture.state())?.step.definition;
			const look = definition?.kind === 'ask' ? definition.look : null;
			const { view } = context.picture;
			const hasSource = context.picture.state().face?.services.some((s) => s.id === look?.log) ?? false;
			view.choose('log-source', hasSource && look ? look.log : '');
			view.choose('log-level', look?.level ?? '');
			view.showScreen('logs');
			context.refresh();
		},
	}),
	defineAction({
		id: 'round.pane',
		keys: ['tab'],
		label: words('other pane', '切换窗格'),
		help: words('between the sheet and the step', '在巡检表与步骤之间切换'),
		where: ['round'],
		silent: true,
		disabled: (state) => (shownRound(state) ? null : NO_ROUND),
		run: (context) =>
			context.picture.view.choose(PANE_CHOICE, isPaneOpen(context.picture.state()) ? '' : 'step'),
	}),
	defineAction({
		id: 'round.next',
		keys: [']'],
		label: words('next round', '下一巡检'),
		help: words('the next round in progress', '切换到下一个进行中的巡检'),
		where: ['round'],
		disabled: unlessSeveral,
		run: (context) => switchRound(context, 1),
	}),
	defineAction({
		id: 'round.previous',
		keys: ['['],
		label: words('previous round', '上一巡检'),
		help: words('the previous round in progress', '切换到上一个进行中的巡检'),
		where: ['round'],
		silent: true,
		disabled: unlessSeveral,
		run: (context) => switchRound(context, -1),
	}),
	defineAction({
		id: 'round.leave',
		keys: ['esc'],
		label: words('plan', '计划'),
		help: words('back to the sheet, then to the plan of the day', '返回巡检表，再返回当日计划'),
		where: ['round'],
		silent: true,
		run: (context) => {
			const state = context.picture.state();
			if (isPaneOpen(state)) return context.picture.view.choose(PANE_CHOICE, '');
			if (goUp(context) || !shownRound(state)) return;
			showRound(context, null);
		},
	}),
];
