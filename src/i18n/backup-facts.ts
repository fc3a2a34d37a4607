import type { RestorePreview } from '../domain/backup-picture.ts';
import { FAULTS, type FaultCode, fault } from '../domain/fault.ts';
import type { Locale } from '../domain/own-text.ts';
import { clean } from '../domain/text.ts';
import { formatValue, quantity } from '../domain/value.ts';
import { bytesText, spanWords } from './backup.ts';
import { faultText } from './fault.ts';
import { momentText } from './times.ts';

const names: Readonly<Record<string, string>> = {
	aside: '移开保存的旧文件',
	bytes: '大小',
	changed: '更改于',
	database: '数据库',
	databases: '数据库',
	entries: '条目',
	files: '文件',
	folders: '文件夹',
	integrity: '完整性',
	links: '链接',
	missing: '缺失',
	names: '名称',
	newest: '最新',
	rows: '行数',
	schema: '结构',
	segments: '日志段',
	server: '服务器',
	tables: '表',
	timeline: '时间线',
	userVersion: '用户版本',
	version: '版本',
};

const ISO = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const UNIT_END = /(?:Bytes|At|Ms)$/;

/** What a source calls a fact is English; those that are known are said in the operator's language. */
export function factWord(name: string, locale: Locale): string {
	const bare = name.replace(UNIT_END, '');
	const known = locale === 'zh-CN' && Object.hasOwn(names, bare) ? names[bare] : undefined;
	return known ?? clean(bare, { max: 40 });
}

/** A fact's name says what its number counts: `…At`, `…Ms`, `bytes`. Times stand in the zone's clock. */
export function factText(
	name: string,
	value: string | number | boolean,
	locale: Locale,
	zone: string,
): string {
	if (typeof value === 'number') {
		if (name === 'bytes' || /Bytes$/.test(name)) return bytesText(value, locale);
		if (/At$/.test(name)) return momentText(value, zone);
		if (/Ms$/.test(name)) return spanWords(value, locale);
		return formatValue(quantity(value), { locale });
	}
	const text = String(value);
	const at = ISO.test(text) ? Date.parse(text) : Number.NaN;
	return Number.isNaN(at) ? clean(text, { max: 120 }) : momentText(at, zone);
}

/** What stands in the place a restore would replace, in one line. */
export function factsText(facts: RestorePreview['facts'], locale: Locale, zone: string): string {
	return Object.entries(facts)
		.map(([name, value]) => {
			if (name === 'fault' && Object.hasOwn(FAULTS, value))
				return faultText(fault(value as FaultCode), locale);
			const text = factText(name, value, locale, zone);
			return name === 'bytes' ? text : `${factWord(name, locale)} ${text}`;
		})
		.join(' · ');
}
