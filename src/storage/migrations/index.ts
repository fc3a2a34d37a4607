import { begin } from './0001-begin.ts';
import { severalHands } from './0002-several-hands.ts';
import { toldEvents } from './0003-told-events.ts';
import { backups } from './0004-backups.ts';

/** One step of the database's shape. Its SQL never changes once released; a test holds its hash. */
export interface Migration {
	/** From 1, without gaps. */
	readonly number: number;
	readonly name: string;
	readonly sql: string;
}

/** In the order they are applied. */
export const MIGRATIONS: readonly Migration[] = [begin, severalHands, toldEvents, backups];
