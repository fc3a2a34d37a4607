import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FaultCode } from '../../src/domain/fault.ts';
import { Secret } from '../../src/domain/secret.ts';
import { type S3Server, serveS3 } from './s3-server.ts';
import { mayMount, mountSmallDisk, type SmallDisk } from './small-disk.ts';
import { hasRsync, hasSsh, type SshServer, startSsh } from './ssh-server.ts';

/** A place of one target with nothing in it, and what can be done to it behind the target's back. */
export interface TargetPlace {
	readonly options: Record<string, unknown>;
	/** Where copies lie, when that is a folder of this machine that links and pipes can be planted in. */
	readonly folder: string | null;
	names(): string[];
	bytes(name: string): Buffer;
	plant(name: string, text: string): void;
	/** The folder is not there any more, or the server is not. */
	lose(): Promise<void>;
	readonly readOnly?: () => void;
}

export interface TargetSubject {
	/** Why it cannot be tried here; null: it can. */
	readonly missing: string | null;
	open(world: TargetWorld, size?: number): Promise<TargetPlace>;
	/** Names that only it refuses. */
	readonly badNames?: readonly string[];
	readonly faults: {
		readonly lost: FaultCode;
		/** null: the place cannot be made read-only, or full. */
		readonly readOnly: FaultCode | null;
		readonly full: FaultCode | null;
	};
}

/** What has to be taken away after a test. */
export class TargetWorld {
	readonly root = mkdtempSync(join(tmpdir(), 'rounds-targets-'));
	readonly disks: SmallDisk[] = [];
	readonly closes: (() => Promise<void>)[] = [];

	at(...names: string[]): string {
		return join(this.root, ...names);
	}

	disk(name: string, size: number): SmallDisk {
		const disk = mountSmallDisk(this.at(name), size);
		this.disks.push(disk);
		return disk;
	}

	async close(): Promise<void> {
		for (const close of this.closes.splice(0)) await close();
		for (const disk of this.disks.splice(0)) disk.unmount();
		rmSync(this.root, { recursive: true, force: true });
	}
}

const DISK = 64 * 1024 * 1024;

/** A folder of this machine; on a disk of its own where we may mount one. */
function localPlace(world: TargetWorld, size: number | undefined): Omit<TargetPlace, 'options' | 'lose'> {
	const disk = mayMount && size !== undefined ? world.disk('place', size) : null;
	const folder = disk?.folder ?? world.at('place');
	mkdirSync(folder, { recursive: true });
	return {
		folder,
		names: () => readdirSync(folder).sort(),
		bytes: (name) => readFileSync(join(folder, name)),
		plant: (name, text) => writeFileSync(join(folder, name), text),
		...(disk === null ? {} : { readOnly: () => disk.readOnly() }),
	};
}

let shared: Promise<SshServer> | null = null;
/** One sshd serves all tests; the one that is stopped is another. */
const sharedSsh = (): Promise<SshServer> => {
	shared ??= startSsh();
	return shared;
};
export async function closeShared(): Promise<void> {
	await (await shared)?.close();
	shared = null;
}

export function sshOptions(server: SshServer, path: string): Record<string, unknown> {
	return {
		host: '127.0.0.1',
		user: server.user,
		port: server.port,
		path,
		identity: server.identity,
		knownHosts: server.knownHosts,
	};
}

async function sshPlace(world: TargetWorld, size: number | undefined): Promise<TargetPlace> {
	const local = localPlace(world, size);
	const options = sshOptions(await sharedSsh(), local.folder as string);
	return {
		...local,
		options,
		async lose() {
			const other = await startSsh();
			world.closes.push(other.close);
			Object.assign(options, sshOptions(other, local.folder as string));
			await other.stop();
		},
	};
}

// What sftp, rsync or a shell would take for something else.
const FAR_NAMES = ['-x', 'a"b', "a'b", 'a*', '[a]', 'a\\b', '$(x)', '~x', 'a;b', 'host:x'];

const lastDisk = (world: TargetWorld) => world.disks.at(-1);

export const SUBJECTS: Readonly<Record<string, TargetSubject>> = {
	directory: {
		missing: null,
		async open(world, size) {
			const local = localPlace(world, size);
			return {
				...local,
				options: { path: local.folder },
				async lose() {
					lastDisk(world)?.unmount();
					rmSync(local.folder as string, { recursive: true, force: true });
				},
			};
		},
		faults: { lost: 'file-missing', readOnly: 'read-only', full: 'disk-full' },
	},
	mount: {
		missing: mayMount ? null : 'we may not mount here',
		async open(world, size = DISK) {
			const disk = world.disk('place', size);
			const folder = join(disk.folder, 'copies');
			mkdirSync(folder);
			return {
				folder,
				options: { path: folder, mount: disk.folder },
				names: () => readdirSync(folder).sort(),
				bytes: (name) => readFileSync(join(folder, name)),
				plant: (name, text) => writeFileSync(join(folder, name), text),
				readOnly: () => disk.readOnly(),
				async lose() {
					disk.unmount();
				},
			};
		},
		faults: { lost: 'not-mounted', readOnly: 'read-only', full: 'disk-full' },
	},
	sftp: {
		missing: hasSsh
			? null
			: 'no sshd, sftp or ssh-keygen here, or no shell to log in to: apt-get install openssh-server openssh-client',
		open: sshPlace,
		badNames: FAR_NAMES,
		// The protocol has no word for a read-only disk.
		faults: { lost: 'refused', readOnly: 'command-failed', full: 'disk-full' },
	},
	rsync: {
		missing: hasRsync
			? null
			: 'no sshd or rsync here, or no shell to log in to: apt-get install openssh-server openssh-client rsync',
		open: sshPlace,
		badNames: FAR_NAMES,
		faults: { lost: 'refused', readOnly: 'read-only', full: 'disk-full' },
	},
	s3: {
		missing: null,
		async open(world, size) {
			const server = await serveS3();
			world.closes.push(server.stop);
			return {
				options: s3Options(server),
				folder: null,
				names: () =>
					[...server.objects.keys()]
						.filter((key) => key.startsWith('rounds/'))
						.map((key) => key.slice('rounds/'.length))
						.sort(),
				bytes: (name) => server.objects.get(`rounds/${name}`) ?? Buffer.alloc(0),
				plant(name, text) {
					server.objects.set(`rounds/${name}`, Buffer.from(text));
					if (size !== undefined) server.mood.writes = 'full';
				},
				lose: server.stop,
				readOnly: () => {
					server.mood.writes = 'denied';
				},
			};
		},
		faults: { lost: 'refused', readOnly: 'no-permission', full: 'disk-full' },
	},
};

export function s3Options(server: S3Server): Record<string, unknown> {
	return {
		endpoint: server.url,
		bucket: server.bucket,
		prefix: 'rounds',
		accessKey: server.accessKey,
		secretKey: new Secret(server.secretKey, 'env:S3_KEY'),
	};
}
