import { defineMessages } from '../i18n/messages.ts';

/** What the loader says about backup plans and their places. */
export const backupWords = defineMessages({
	en: {
		'unknown-target': 'no target is called "{name}"; a folder is written with a slash, such as "backups/"',
		'nothing-alone': 'a plan with "nothing" copies nothing, so "{key}" has no meaning in it',
		'bad-name-template':
			'expected a file name with YYYYMMDD or YYYYMMDD_HHMMSS in it, such as "app.db.backup.YYYYMMDD", found {found}',
		'name-needs-time':
			'a plan that runs so often needs the time in its name, such as "app.db.backup.YYYYMMDD_HHMMSS", found {found}',
		'at-or-every': 'a plan has either "at" or "every"',
		'plan-every-least': 'a plan may not run more often than every {limit}',
		'bad-plan-time': 'expected a time such as "02:00" or "sun 03:00", found {found}',
		'plan-days-differ': 'all times of a plan must be on the same days; make two plans of it',
		'recipients-or-passphrase': 'expected either "recipients" or "passphrase"',
		'bad-recipient': 'expected a public key that begins with age1, found {found}',
		'cannot-mask': 'what "{source}" restores cannot be masked by statements',
		'no-staging': '"{source}" has no staging place to be named',
		'base-unwanted': 'a plan of source "{source}" stands by itself and has no base',
		'base-missing': 'a plan of source "{source}" continues a plan of source "{wanted}": name it under "base"',
		'base-wrong': '"{name}" is not a plan of source "{wanted}"',
		'plans-collide': 'plan "{other}" writes backups of the same name ({name}) to the same place',
		'proof-elsewhere':
			'check "{name}" ({kind}) does not look at what this plan copies, so it proves nothing of a copy',
	},
	'zh-CN': {
		'unknown-target': '没有名为“{name}”的目标；文件夹请带斜杠书写，如 "backups/"',
		'nothing-alone': '带 "nothing" 的计划不复制任何内容，“{key}”没有意义',
		'bad-name-template':
			'应为含 YYYYMMDD 或 YYYYMMDD_HHMMSS 的文件名，如 "app.db.backup.YYYYMMDD"，实际为 {found}',
		'name-needs-time': '如此频繁的计划，文件名须含时间，如 "app.db.backup.YYYYMMDD_HHMMSS"，实际为 {found}',
		'at-or-every': '计划只能有 "at" 或 "every" 之一',
		'plan-every-least': '计划的间隔不得短于 {limit}',
		'bad-plan-time': '应为时间，如 "02:00" 或 "sun 03:00"，实际为 {found}',
		'plan-days-differ': '一个计划的各个时间必须在相同的日子；请拆成两个计划',
		'recipients-or-passphrase': '应有 "recipients" 或 "passphrase" 之一',
		'bad-recipient': '应为以 age1 开头的公钥，实际为 {found}',
		'cannot-mask': '“{source}”恢复的内容无法用语句脱敏',
		'no-staging': '“{source}”没有可指定的预备位置',
		'base-unwanted': '来源为“{source}”的计划独立存在，没有基础计划',
		'base-missing': '来源为“{source}”的计划接续来源为“{wanted}”的计划：请在 "base" 中写明',
		'base-wrong': '“{name}”不是来源为“{wanted}”的计划',
		'plans-collide': '计划“{other}”会向同一位置写入同名备份（{name}）',
		'proof-elsewhere': '检查“{name}”（{kind}）查看的不是该计划所复制的内容，无法证明副本',
	},
});
