import type { BackupVerb } from '../domain/backup.ts';
import type { PlanPicture } from '../domain/backup-picture.ts';
import { type Words, words } from './define.ts';

export const NO_PLAN = words('there is no backup plan here', '此处没有备份计划');
const NOTHING = words('this plan has nothing to back up', '该计划没有可备份的内容');
const NO_COPY = words('no copy is there yet; B makes one', '尚无备份；按 B 备份');
/** What reads a copy back. */
const READING: readonly BackupVerb[] = ['verify', 'drill', 'restore'];
const BUSY = words('this plan is busy; X cancels it', '该计划正在执行；按 X 取消');
const CANNOT: Readonly<Record<BackupVerb, Words>> = {
	backup: words('this plan cannot be backed up now', '该计划目前无法备份'),
	verify: words('this plan cannot be verified', '该计划无法校验'),
	drill: words(
		'what this plan keeps cannot be restored, so there is no drill',
		'该计划的内容无法恢复，因此不能演练',
	),
	prune: words('copies of this plan are kept for ever', '该计划的备份永久保留'),
	restore: words('what this plan keeps is a record: it cannot be restored', '该计划保存的是记录，无法恢复'),
};

/** Why a verb cannot be done with a plan now, or null. `isChosen`: a copy of it is selected, whatever its state. */
export function whyNotVerb(plan: PlanPicture | null, verb: BackupVerb, isChosen: boolean): Words | null {
	if (!plan) return NO_PLAN;
	if (plan.nothing !== null) return NOTHING;
	if (plan.actions[verb] === undefined) return CANNOT[verb];
	if (plan.running) return BUSY;
	return plan.count === 0 && !isChosen && READING.includes(verb) ? NO_COPY : null;
}
