import type { Encryption, Retention } from '../domain/backup.ts';
import { type Cadenced, parseAt } from '../domain/backup-schedule.ts';
import type { PlanKeys } from './backups.ts';
import type { Surroundings } from './checks.ts';
import { type MapTree, member, type Tree } from './tree.ts';

const DAY = 86_400_000;

export function scheduleOf(keys: PlanKeys, tree: MapTree, { complaints }: Surroundings): Cadenced | null {
	if (keys.at !== undefined && keys.every !== undefined) {
		complaints.error(member(tree, 'every') ?? tree, 'at-or-every');
		return null;
	}
	if (keys.every !== undefined) {
		if (keys.every < 60_000)
			complaints.error(member(tree, 'every') ?? tree, 'plan-every-least', { limit: '1m' });
		return { kind: 'every', everyMs: keys.every };
	}
	if (keys.at === undefined) return null;
	const node = member(tree, 'at') ?? tree;
	const read = keys.at.map((text, index) => {
		const at = parseAt(text);
		const place = node.kind === 'list' ? (node.items[index] ?? node) : node;
		if (at === null) complaints.error(place, 'bad-plan-time', { found: JSON.stringify(text) });
		return at;
	});
	const times = read.filter((time) => time !== null);
	const days = times[0]?.days ?? [];
	// One list of days for all its times keeps "when is the next" a plain answer.
	if (times.some((time) => time.days.join() !== days.join())) complaints.error(node, 'plan-days-differ');
	return { kind: 'at', minutes: [...new Set(times.map((time) => time.minute))].sort((a, b) => a - b), days };
}

export function keepOf(keep: PlanKeys['keep']): Retention {
	const ages = [
		keep?.days === undefined ? 0 : keep.days * DAY,
		keep?.weeks === undefined ? 0 : keep.weeks * 7 * DAY,
	];
	const ageMs = Math.max(...ages);
	return {
		ageMs: ageMs === 0 ? null : ageMs,
		count: keep?.copies ?? null,
		...(keep?.auto === true ? { isAuto: true } : {}),
	};
}

export function encryptOf(
	encrypt: PlanKeys['encrypt'],
	at: Tree,
	{ complaints }: Surroundings,
): Encryption | null {
	if (encrypt === undefined) return null;
	const recipients = encrypt.recipients ?? [];
	const passphrase = encrypt.passphrase ?? null;
	if (recipients.length > 0 === (passphrase !== null)) complaints.error(at, 'recipients-or-passphrase');
	for (const recipient of recipients)
		if (!/^age1[0-9a-z]+$/.test(recipient))
			complaints.error(at, 'bad-recipient', { found: JSON.stringify(recipient) });
	return { recipients, identity: encrypt.identity ?? null, passphrase };
}
