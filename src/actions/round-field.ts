import type { RoundId } from '../domain/ids.ts';
import type { AnswerOutcome, Round, Step } from '../domain/round.ts';
import { refusalText } from '../i18n/refusal.ts';
import { type Action, type ActionContext, defineAction, words } from './define.ts';
import { applySearch } from './logs.ts';
import {
	draftOf,
	goOn,
	rememberDraft,
	rememberSignWords,
	type Writing,
	writeWriting,
	writingOf,
} from './round-view.ts';
import { tellRefusal } from './tell.ts';

/** Opens the line in which an answer or a remark is written; what was typed and never confirmed stands in it again. */
export function openField(
	context: ActionContext,
	round: Round,
	step: Step,
	what: AnswerOutcome | 'note',
): void {
	const draft = draftOf(context.picture.state(), round, step);
	const text = draft || (what === 'note' ? (step.note ?? '') : '');
	const writing: Writing =
		what === 'note'
			? { kind: 'note', round: round.id, step: step.index, version: round.version }
			: { kind: 'answer', round: round.id, step: step.index, outcome: what, version: round.version };
	context.picture.view.open({
		kind: 'note',
		subject: writeWriting(writing),
		openedAt: context.monotonic(),
		field: { text, cursor: Array.from(text).length },
	});
}

/** What stands in the field of a step now goes to the engine, so that a dropped connection brings it back. */
export function keepDraft(context: ActionContext): void {
	const open = writingOf(context.picture.state());
	if (!open) return;
	const { writing, layer } = open;
	const text = layer.field?.text ?? '';
	if (writing.kind === 'search') return;
	if (writing.kind === 'sign') {
		rememberSignWords(context, writing.round, text);
		return void sendDraft(context, writing.round, null, text);
	}
	const { round, step } = writing;
	rememberDraft(context, round, step, text);
	void sendDraft(context, round, step, text);
}

/** What is not on disk would be gone with a lost connection: the person is told. */
async function sendDraft(
	context: ActionContext,
	round: RoundId,
	step: number | null,
	text: string,
): Promise<boolean> {
	const sent = await context.engine.send('round.draft', { round, step, text: text === '' ? null : text });
	if (sent.ok) return true;
	// Who quits has read what there was to read.
	if (sent.error.kind === 'refused' && sent.error.why === 'closing') return false;
	const zone = context.picture.state().face?.timezone ?? 'UTC';
	const why = refusalText(sent.error, context.locale, zone);
	const told = words(`what is typed is not kept: ${why}`, `所写内容尚未保存：${why}`);
	context.picture.view.tell('bad', told[context.locale]);
	return false;
}

async function accept(context: ActionContext): Promise<void> {
	const open = writingOf(context.picture.state());
	if (!open) return;
	const { writing } = open;
	const text = (open.layer.field?.text ?? '').trim();
	const { view } = context.picture;
	if (writing.kind === 'search') {
		view.close();
		return applySearch(context, text);
	}
	if (writing.kind === 'sign') {
		rememberSignWords(context, writing.round, text);
		if (await sendDraft(context, writing.round, null, text)) closeField(context, open.layer.subject);
		return;
	}
	if (writing.kind === 'note') return acceptNote(context, writing, text);
	if (text === '') {
		const why =
			writing.outcome === 'ok'
				? words('the question needs an answer in words', '该问题需要文字答复')
				: words('this answer needs a note: say why', '该答复需要备注：请说明原因');
		return view.tell('bad', why[context.locale]);
	}
	const { round, step, outcome, version } = writing;
	const sent = await context.engine.send('round.answer', { round, step, outcome, note: text, version });
	if (!sent.ok) {
		// Another's answer stands; what was typed here is still kept as the step's draft.
		if (sent.error.kind === 'conflict') {
			keepDraft(context);
			closeField(context, open.layer.subject);
		}
		return tellRefusal(context, sent.error);
	}
	closeField(context, open.layer.subject);
	rememberDraft(context, round, step, '');
	context.picture.apply([{ kind: 'round', round: sent.value.round }]);
	const answered = sent.value.round.steps[step];
	if (answered) goOn(context, sent.value.round, answered);
}

/** Closes the field only if it is still the one in front: the person may have gone on while the engine answered. */
function closeField(context: ActionContext, subject: string): void {
	if (context.picture.state().view.layers.at(-1)?.subject === subject) context.picture.view.close();
}

async function acceptNote(
	context: ActionContext,
	writing: Extract<Writing, { kind: 'note' }>,
	text: string,
): Promise<void> {
	const { round, step, version } = writing;
	const note = text === '' ? null : text;
	const sent = await context.engine.send('round.note', { round, step, note, version });
	if (!sent.ok) {
		// Another's note stands; what was typed here is still kept as the own draft.
		if (sent.error.kind === 'conflict') {
			keepDraft(context);
			closeField(context, writeWriting(writing));
		}
		return tellRefusal(context, sent.error);
	}
	rememberDraft(context, round, step, '');
	void sendDraft(context, round, step, '');
	closeField(context, writeWriting(writing));
	const kept = sent.value.round;
	context.picture.apply([{ kind: 'round', round: kept }]);
}

export const fieldActions: readonly Action[] = [
	defineAction({
		id: 'field.accept',
		keys: ['enter'],
		label: words('save', '保存'),
		help: words('confirm what is written', '确认所写内容'),
		where: ['note'],
		silent: true,
		run: accept,
	}),
	defineAction({
		id: 'field.leave',
		keys: ['esc'],
		label: words('leave', '离开'),
		help: words(
			'leave the line; what is written in a step comes back later',
			'离开输入行；步骤中已写的内容会保留',
		),
		where: ['note'],
		silent: true,
		run: (context) => {
			keepDraft(context);
			context.picture.view.close();
		},
	}),
];
