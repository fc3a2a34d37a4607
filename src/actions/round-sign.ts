import type { PictureState } from '../store/index.ts';
import { type Action, type ActionContext, defineAction, type Words, words } from './define.ts';
import { openSteps, shownRound, signWords } from './round-view.ts';
import { tellRefusal } from './tell.ts';

export const NO_ROUND = words('no round is open here', '此处没有进行中的巡检');
const SIGNED = words('this round is signed; it can only be read', '这次巡检已签字，只能查看');

/** Why the shown round cannot be changed, or null. */
export function unlessChangeable(state: PictureState): Words | null {
	const round = shownRound(state);
	return round ? (round.signed ? SIGNED : null) : NO_ROUND;
}

async function sign(context: ActionContext): Promise<void> {
	const state = context.picture.state();
	const round = shownRound(state);
	if (!round || round.signed) return;
	const note = signWords(state, round);
	const asked = { round: round.id, note, version: round.version };
	const signed = await context.engine.send('round.sign', asked);
	if (!signed.ok) return tellRefusal(context, signed.error);
	context.picture.apply([{ kind: 'round', round: signed.value.round }]);
	context.picture.view.scrollTo('sign', 0);
	context.picture.view.tell('good', words('signed', '已签字')[context.locale]);
}

/** The page that shows the whole round, and what signs it. */
export const signActions: readonly Action[] = [
	defineAction({
		id: 'round.sign',
		keys: ['S'],
		label: words('sign off', '签字'),
		help: words('see the whole round on one page, then sign it', '在一页中查看整次巡检，然后签字'),
		where: ['round'],
		disabled: unlessChangeable,
		run: (context) => {
			const round = shownRound(context.picture.state());
			if (!round) return;
			context.picture.view.open({
				kind: 'sign',
				subject: String(round.id),
				openedAt: context.monotonic(),
				field: null,
			});
		},
	}),
	defineAction({
		id: 'sign.yes',
		keys: ['y'],
		label: words('sign off', '签字'),
		help: words('sign: write the record and take the snapshot', '签字：写入记录并保存快照'),
		where: ['sign'],
		silent: true,
		disabled: (state) => {
			const barred = unlessChangeable(state);
			const round = shownRound(state);
			if (barred || !round) return barred;
			const open = openSteps(round).map((step) => step.index + 1);
			if (open.length === 0) return null;
			return words(
				`still open: step ${open.join(', ')}; answer them or skip them with a reason`,
				`尚未完成：步骤 ${open.join('、')}；请答复，或说明原因后跳过`,
			);
		},
		run: sign,
	}),
	defineAction({
		id: 'sign.note',
		keys: ['c'],
		label: words('note', '备注'),
		help: words('words that stand with the signature', '与签字一同记录的文字'),
		where: ['sign'],
		silent: true,
		disabled: unlessChangeable,
		run: (context) => {
			const state = context.picture.state();
			const round = shownRound(state);
			if (!round) return;
			const text = signWords(state, round);
			context.picture.view.open({
				kind: 'note',
				subject: `sign ${round.id}`,
				openedAt: context.monotonic(),
				field: { text, cursor: Array.from(text).length },
			});
		},
	}),
];
