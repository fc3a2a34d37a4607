import type { Refusal, RefusalCode } from '../domain/engine.ts';
import type { Locale } from '../domain/own-text.ts';
import { faultText } from './fault.ts';
import { defineMessages, say } from './messages.ts';
import { clockText } from './times.ts';

const texts = defineMessages<RefusalCode | 'conflict'>({
	en: {
		'no-such-check': 'there is no such check any more; the configuration has changed',
		'no-such-action': 'there is no such action any more; the configuration has changed',
		'no-such-round': 'this round is not known here',
		'no-such-step': 'this round has no such step',
		'no-such-sheet': 'there is no such round sheet; the configuration has changed',
		'no-such-event': 'there is no such event; the configuration has changed',
		'already-signed': 'this round is already signed',
		'already-open': 'a round of this sheet is already in progress',
		'already-running': 'it is already running: {by} started it at {time}',
		'not-running': 'it is not running any more',
		'needs-note': 'this answer needs a note: say why',
		'needs-answer': 'the question needs an answer in words',
		'needs-confirmation': 'this environment asks for a confirmation first',
		'steps-open': 'steps are still open: answer them or skip them with a reason',
		'nothing-due': 'no step of this sheet is due: each was done in its time',
		'nothing-found': 'nothing has been found for this step yet',
		'no-such-plan': 'there is no such backup plan any more; the configuration has changed',
		'no-such-copy': 'there is no such backup; look again at what is there',
		'nothing-to-copy': 'this plan has nothing to back up',
		'plan-busy': '{by} has been busy with this plan since {time}; wait until it has ended',
		'needs-copy': 'name the backup that is to be restored',
		'needs-second': 'asked for; another operator has to start the same within {minutes} min',
		'cannot-restore': 'what this plan keeps is a record: it cannot be restored',
		closing: 'the console is closing',
		conflict: '{by} did this at {time}; nothing was overwritten',
	},
	'zh-CN': {
		'no-such-check': '该检查项已不存在，配置已更改',
		'no-such-action': '该操作已不存在，配置已更改',
		'no-such-round': '此处没有这次巡检',
		'no-such-step': '这次巡检没有该步骤',
		'no-such-sheet': '该巡检表已不存在，配置已更改',
		'no-such-event': '该事件已不存在，配置已更改',
		'already-signed': '这次巡检已经签字',
		'already-open': '该巡检表已有一次正在进行',
		'already-running': '它已在执行中：{by} 于 {time} 启动',
		'not-running': '它已不在执行',
		'needs-note': '该答复需要备注：请说明原因',
		'needs-answer': '该问题需要文字答复',
		'needs-confirmation': '该环境要求先确认',
		'steps-open': '仍有未完成的步骤：请答复，或说明原因后跳过',
		'nothing-due': '该巡检表没有到期的步骤，均已按期完成',
		'nothing-found': '该步骤尚无结果',
		'no-such-plan': '该备份计划已不存在，配置已更改',
		'no-such-copy': '没有这份备份，请重新查看现有备份',
		'nothing-to-copy': '该计划没有可备份的内容',
		'plan-busy': '{by} 自 {time} 起正在处理该计划；请等其结束',
		'needs-copy': '请指明要恢复哪一份备份',
		'needs-second': '已提出请求；须由另一位操作员在 {minutes} 分钟内启动同一恢复',
		'cannot-restore': '该计划保存的是记录，无法恢复',
		closing: '控制台正在关闭',
		conflict: '{by} 已于 {time} 完成此操作，未覆盖任何内容',
	},
});

/** One line that says why the engine did not do what was asked. `zone`: whose clock a conflict's time is told in. */
export function refusalText(refusal: Refusal, locale: Locale, zone = 'UTC'): string {
	switch (refusal.kind) {
		case 'fault':
			return faultText(refusal.fault, locale);
		case 'conflict':
			return say(texts, locale, 'conflict', { by: refusal.by, time: clockText(refusal.at, zone) });
		case 'refused':
			return say(texts, locale, refusal.why, {
				...refusal.detail,
				time: clockText(Number(refusal.detail['at'] ?? 0), zone),
			});
	}
}
