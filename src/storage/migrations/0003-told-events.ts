import type { Migration } from './index.ts';

/** What was told to have happened (a deploy, an import) is looked up whenever the plan is made. */
export const toldEvents: Migration = {
	number: 3,
	name: 'told-events',
	sql: `
CREATE INDEX activity_told ON activity (environment_id, at) WHERE code = 'event.told';
`,
};
