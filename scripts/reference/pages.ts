import { referencePage } from '../../src/config/reference.ts';
import { configSchema } from '../../src/config/schema.ts';
import { commandsPage } from './commands.ts';
import { conditionsPage } from './conditions.ts';
import { keysPage } from './keys.ts';

/** Everything under docs/reference, made of the code itself. */
export const PAGES: Readonly<Record<string, () => string>> = {
	'config.md': referencePage,
	'rounds.schema.json': () => `${JSON.stringify(configSchema(), null, 2)}\n`,
	'conditions.md': conditionsPage,
	'commands.md': commandsPage,
	'keys.md': keysPage,
};
