import type { Restored } from '../domain/backup-ports.ts';
import type { DatabasePlace } from '../domain/database-port.ts';
import { reveal, Secret } from '../domain/secret.ts';
import { type DatabaseOptions, type Family, placeOf } from '../fields/database-options.ts';

/** One name for the host we are on. */
const hostOf = ({ host }: DatabasePlace): string =>
	host === '::1' || /^127\./.test(host) ? 'localhost' : host.toLowerCase();

/**
 * The same queries about the restored database, as whoever restored it; null when they were about another one. An original without
 * a database stands for the whole server: each check stays in its own.
 */
export function askRestored(
	options: DatabaseOptions,
	restored: Restored,
	engine: 'postgres' | 'mysql',
	family: Family,
): DatabaseOptions | null {
	if (restored.kind !== 'database' || restored.engine !== engine) return null;
	const asked = placeOf(options, family);
	if (!asked.ok) return null;
	const { original, place } = restored;
	if (hostOf(asked.value) !== hostOf(original) || asked.value.port !== original.port) return null;
	if (original.database !== '' && asked.value.database !== original.database) return null;
	const database = original.database === '' ? asked.value.database : place.database;
	const { read, facts } = options;
	return {
		host: place.host,
		port: place.port,
		user: place.user,
		...(place.password === null ? {} : { password: secretOf(place.password) }),
		...(database === '' ? {} : { database }),
		tls: place.tls,
		...(read === undefined ? {} : { read }),
		facts,
	};
}

function secretOf(password: NonNullable<DatabasePlace['password']>): Secret {
	return password instanceof Secret ? password : new Secret(reveal(password), 'restored');
}
