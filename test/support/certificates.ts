import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './programs.ts';

/** Debian: `apt-get install openssl`. */
export const hasOpenssl = findProgram('openssl') !== null;

export interface Pair {
	readonly key: string;
	/** The certificate, and behind it whoever signed it. */
	readonly cert: string;
}

export interface Authority {
	/** Who vouches, as PEM: give it as `ca`. */
	readonly cert: string;
	issue(wish: { names: readonly string[]; subject?: string; from?: Date; to: Date }): Pair;
	close(): void;
}

const stamp = (at: Date) =>
	`${at
		.toISOString()
		.replace(/[-:T]|\.\d+/g, '')
		.replace(/Z$/, '')}Z`;

/** An authority of one's own that signs what it is asked to, by openssl. */
export function createAuthority(title = 'Rounds Test CA'): Authority {
	const folder = mkdtempSync(join(tmpdir(), 'rounds-ca-'));
	const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
	const key = (name: string) =>
		run('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-out', `${name}.key`);
	key('ca');
	run('req', '-x509', '-new', '-key', 'ca.key', '-out', 'ca.pem', '-days', '3650', '-subj', `/CN=${title}`);
	const cert = readFileSync(join(folder, 'ca.pem'), 'utf8');
	writeFileSync(join(folder, 'index.txt'), '');
	writeFileSync(join(folder, 'serial'), '01');
	let count = 0;
	return {
		cert,
		issue({ names, subject = names[0] ?? 'nobody', from = new Date(Date.now() - 3_600_000), to }) {
			const name = `leaf${count++}`;
			key(name);
			const alternative = names.map((one) => (/^[\d.]+$/.test(one) ? `IP:${one}` : `DNS:${one}`)).join(',');
			writeFileSync(
				join(folder, 'ca.cnf'),
				`[ca]\ndefault_ca=d\n[d]\ndir=.\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\nunique_subject=no\ndefault_md=sha256\npolicy=p\nx509_extensions=x\n[p]\ncommonName=supplied\n[x]\nsubjectAltName=${alternative}\n`,
			);
			run('req', '-new', '-key', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${subject}`);
			const times = ['-startdate', stamp(from), '-enddate', stamp(to)];
			const authority = ['-cert', 'ca.pem', '-keyfile', 'ca.key'];
			run(
				'ca',
				'-batch',
				'-notext',
				'-config',
				'ca.cnf',
				...authority,
				...times,
				'-in',
				`${name}.csr`,
				'-out',
				`${name}.pem`,
			);
			return {
				key: readFileSync(join(folder, `${name}.key`), 'utf8'),
				cert: `${readFileSync(join(folder, `${name}.pem`), 'utf8')}${cert}`,
			};
		},
		close: () => rmSync(folder, { recursive: true, force: true }),
	};
}

/** Nobody but itself vouches for it. The subject may hold anything. */
export function selfSigned(subject: string, days = 2): Pair {
	const folder = mkdtempSync(join(tmpdir(), 'rounds-tls-'));
	try {
		const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
		const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
		const args = [
			...made,
			'-utf8',
			'-keyout',
			key,
			'-out',
			cert,
			'-days',
			String(days),
			'-subj',
			`/CN=${subject}`,
		];
		execFileSync('openssl', args, { stdio: 'ignore' });
		return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
