import type { Socket } from 'node:net';
import type { FaultCode } from '../../src/domain/fault.ts';
import { Secret } from '../../src/domain/secret.ts';
import { EVIL, HIDDEN, type Subject, type Surroundings } from './check-subjects.ts';
import { type Said, speakMysql, speakPostgres } from './database-wires.ts';
import { closedPort } from './servers.ts';

/** A server's own code for an error, and its number where it has one. */
interface Code {
	readonly code: string;
	readonly number?: number;
}
type Speak = (socket: Socket, answer: (query: string) => Said) => void;

function subjectOf(
	scheme: string,
	speak: Speak,
	said: Readonly<Record<string, readonly [FaultCode, Code]>>,
): Subject {
	const place = (port: number) => ({
		host: '127.0.0.1',
		port,
		user: 'rounds',
		database: 'app',
		read: { a: 'select a' },
	});
	const serve = async (world: Surroundings, answer: (query: string) => Said) =>
		place(
			(
				await world.raw(
					() => {},
					(socket) => speak(socket, answer),
				)
			).port,
		);
	const setups = Object.entries(said).map(([name, [fault, code]]) => {
		const setup = (world: Surroundings) =>
			serve(world, (query) =>
				name.startsWith('login') && query !== 'login' ? {} : { error: { ...code, message: `no ${EVIL}` } },
			);
		return [name, [fault, setup]] as const;
	});
	return {
		good: async (world) => ({ ...(await serve(world, () => ({ cell: '48609' }))), facts: true }),
		faults: {
			refused: ['refused', async () => place(await closedPort())],
			noSuchName: ['name-not-found', () => ({ ...place(1), host: 'no-such-name.invalid' })],
			closes: [
				'closed-early',
				async (world) =>
					place(
						(
							await world.raw(
								() => {},
								(socket) => void socket.end(),
							)
						).port,
					),
			],
			notReading: ['bad-query', async () => ({ ...place(1), read: { a: 'delete from sale' } })],
			noAddress: [
				'not-supported',
				() => ({ url: new Secret('http://x', 'env:URL'), read: { a: 'select 1' } }),
			],
			...Object.fromEntries(setups),
		},
		hang: async (world) => place((await world.raw(() => {})).port),
		hostile: (world) => serve(world, () => ({ cell: EVIL })),
		echo: async (world) => {
			const { port } = await serve(world, () => ({ cell: `x ${HIDDEN} y` }));
			const url = new Secret(`${scheme}://rounds:${HIDDEN}@127.0.0.1:${port}/app`, 'env:DATABASE_URL');
			return { url, read: { a: `select '${HIDDEN.slice(0, 3)}'` } };
		},
	};
}

/** Servers that speak just enough to be asked; the real ones have a test of their own. */
export const DATABASE_SUBJECTS: Readonly<Record<string, Subject>> = {
	postgres: subjectOf('postgresql', speakPostgres, {
		loginDenied: ['access-denied', { code: '28P01' }],
		loginNoDatabase: ['database-missing', { code: '3D000' }],
		loginFull: ['not-accepting', { code: '53300' }],
		loginStarting: ['not-accepting', { code: '57P03' }],
		stopping: ['not-accepting', { code: '57P01' }],
		wrong: ['bad-query', { code: '42601' }],
		forbidden: ['no-permission', { code: '42501' }],
		locked: ['database-locked', { code: '40001' }],
		damaged: ['database-corrupt', { code: 'XX001' }],
	}),
	mysql: subjectOf('mysql', speakMysql, {
		loginDenied: ['access-denied', { code: '28000', number: 1045 }],
		loginNoDatabase: ['database-missing', { code: '42000', number: 1049 }],
		loginFull: ['not-accepting', { code: '08004', number: 1040 }],
		stopping: ['not-accepting', { code: '08S01', number: 1053 }],
		wrong: ['bad-query', { code: '42000', number: 1064 }],
		forbidden: ['no-permission', { code: '42000', number: 1142 }],
		locked: ['database-locked', { code: 'HY000', number: 1205 }],
		damaged: ['database-corrupt', { code: 'HY000', number: 1194 }],
	}),
};
