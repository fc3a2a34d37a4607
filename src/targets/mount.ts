import { posix } from 'node:path';
import { z } from 'zod';
import type { TargetPorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { path } from '../fields/fields.ts';
import { defineTarget } from './define.ts';
import { folderReady, localFolder } from './local-folder.ts';

const schema = z
	.strictObject({
		path: path().describe('The folder on the mounted disk; made when it is missing.'),
		mount: path()
			.optional()
			.describe('Where the disk has to be mounted, a folder above `path`; else `path` itself.'),
	})
	.superRefine((options, context) => {
		if (options.mount !== undefined && !liesIn(options.path, options.mount))
			context.addIssue({
				code: 'custom',
				message: 'expected a folder above "path"',
				path: ['mount'],
			});
	});

export type MountOptions = z.output<typeof schema>;

/** A folder on a disk of its own. Nothing is ever written while that is not mounted: it would fill the disk below. */
export const mount = defineTarget<MountOptions>({
	name: 'mount',
	title: { en: 'Mounted disk', 'zh-CN': '挂载的磁盘' },
	schema: schema as unknown as z.ZodType<MountOptions>,
	paths: ['path', 'mount'],
	example: `disk:
  kind: mount
  path: /mnt/backup/creditpilot
  mount: /mnt/backup
`,
	where: (options) => clean(options.path, { max: 200 }),
	local: (options) => options.path,
	async ready(options, ports) {
		const there = await mounted(options, ports);
		return there.ok ? folderReady(options.path, ports) : there;
	},
	async list(options, ports, run) {
		const there = await mounted(options, ports);
		return there.ok ? localFolder.list(options, ports, run) : there;
	},
	async put(options, from, name, ports, run) {
		const there = await mounted(options, ports);
		return there.ok ? localFolder.put(options, from, name, ports, run) : there;
	},
	async get(options, name, to, ports, run) {
		const there = await mounted(options, ports);
		return there.ok ? localFolder.get(options, name, to, ports, run) : there;
	},
	async readText(options, name, limit, ports, run) {
		const there = await mounted(options, ports);
		return there.ok ? localFolder.readText(options, name, limit, ports, run) : there;
	},
	async writeText(options, name, text, how, ports, run) {
		const there = await mounted(options, ports);
		return there.ok ? localFolder.writeText(options, name, text, how, ports, run) : there;
	},
	async remove(options, name, ports, run) {
		const there = await mounted(options, ports);
		return there.ok ? localFolder.remove(options, name, ports, run) : there;
	},
});

function liesIn(inner: string, outer: string): boolean {
	const [below, above] = [inner, outer].map((one) => posix.normalize(`${one}/`)) as [string, string];
	return below.startsWith(above);
}

async function mounted(options: MountOptions, ports: TargetPorts): Promise<Result<void, Fault>> {
	const point = options.mount ?? options.path;
	const found = await ports.folders.isMount(point);
	// The point itself is away too when nobody has plugged the disk in.
	if (!found.ok && found.error.code !== 'file-missing') return found;
	return found.ok && found.value
		? ok(undefined)
		: err(fault('not-mounted', { path: clean(point, { max: 300 }) }));
}
