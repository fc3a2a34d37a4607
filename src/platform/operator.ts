import { userInfo } from 'node:os';
import { clean } from '../domain/text.ts';

/**
 * Who is at the console, for the record: the person behind sudo before the account they became. A name from the
 * environment is a claim of whoever could set it, so it is cleaned like everything from outside.
 */
export function currentOperator(variables: NodeJS.ProcessEnv = process.env): string {
	const claimed = [variables['SUDO_USER'], variables['LOGNAME'], variables['USER'], accountName()];
	for (const name of claimed) {
		const shown = clean((name ?? '').trim(), { max: 64 });
		if (shown !== '') return shown;
	}
	return `uid ${process.getuid?.() ?? '?'}`;
}

function accountName(): string {
	try {
		return userInfo().username;
	} catch {
		// A container may run as a number without a name.
		return '';
	}
}
