import { z } from 'zod';
import { clean } from '../domain/text.ts';
import { path } from '../fields/fields.ts';
import { defineTarget } from './define.ts';
import { folderReady, localFolder } from './local-folder.ts';

const schema = z.strictObject({
	path: path().describe('The folder, made when it is missing.'),
});

export type DirectoryOptions = z.output<typeof schema>;

/** A folder of this machine. Nothing below it is followed, and no link stands for it. */
export const directory = defineTarget<DirectoryOptions>({
	name: 'directory',
	title: { en: 'Folder', 'zh-CN': '文件夹' },
	schema: schema as unknown as z.ZodType<DirectoryOptions>,
	paths: ['path'],
	example: `local:
  kind: directory
  path: backups/
`,
	where: (options) => clean(options.path, { max: 200 }),
	local: (options) => options.path,
	ready: (options, ports) => folderReady(options.path, ports),
	...localFolder,
});
