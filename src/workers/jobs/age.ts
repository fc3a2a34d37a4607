import { fault } from '../../domain/fault.ts';
import { Refused } from './file-bytes.ts';

type Bytes = AsyncIterable<Uint8Array>;

/** The head names each recipient in some hundred bytes; one that goes on longer was written by nobody honest. */
const LONGEST_HEAD = 1024 * 1024;
const HEAD_END = /\n--- [A-Za-z0-9+/]{43}\n/;

/** Only where it is needed: the same workers also answer small questions. */
const loadAge = () => import('age-encryption');

/** As the `age` command writes it. Throws `Refused` with `not-supported` {what: recipient} where one is none. */
export async function* encryptAge(
	chunks: Bytes,
	to: { readonly recipients: readonly string[]; readonly passphrase: string | null },
): AsyncGenerator<Uint8Array, void, undefined> {
	const { Encrypter } = await loadAge();
	const encrypter = new Encrypter();
	try {
		if (to.passphrase !== null) encrypter.setPassphrase(to.passphrase);
		else for (const recipient of to.recipients) encrypter.addRecipient(recipient);
		if (to.passphrase === null && to.recipients.length === 0) throw new Error('no recipient');
	} catch {
		throw new Refused(fault('not-supported', { what: 'recipient' }));
	}
	yield* (await encrypter.encrypt(streamOf(chunks))) as unknown as Bytes;
}

/** Throws `Refused` with `wrong-key` or `copy-damaged` {what: encryption}; what comes before that is what was encrypted. */
export async function* decryptAge(
	chunks: Bytes,
	by: { readonly identity: string | null; readonly passphrase: string | null },
	how: 'recipients' | 'passphrase',
): AsyncGenerator<Uint8Array, void, undefined> {
	const key = how === 'passphrase' ? by.passphrase : by.identity;
	if (key === null) throw new Refused(fault('wrong-key', { reason: 'none' }));
	const { Decrypter } = await loadAge();
	const decrypter = new Decrypter();
	try {
		if (how === 'passphrase') decrypter.addPassphrase(key);
		else for (const identity of identitiesOf(key)) decrypter.addIdentity(identity);
	} catch {
		throw new Refused(fault('wrong-key', { reason: 'malformed' }));
	}
	const damaged = (cause: unknown): Error => {
		// What stopped the reading of the file is no matter of keys.
		if (cause instanceof Refused || typeof (cause as { code?: unknown }).code === 'string')
			return cause as Error;
		return new Refused(fault('copy-damaged', { what: 'encryption' }));
	};
	let plain: Bytes;
	try {
		plain = (await decrypter.decrypt(streamOf(withHead(chunks)))) as unknown as Bytes;
	} catch (cause) {
		if (cause instanceof Error && cause.message.startsWith('no identity matched'))
			throw new Refused(fault('wrong-key'));
		throw damaged(cause);
	}
	try {
		yield* plain;
	} catch (cause) {
		throw damaged(cause);
	}
}

/** The same bytes: the library keeps the whole head in memory, so it has to end first. */
async function* withHead(chunks: Bytes): AsyncGenerator<Uint8Array, void, undefined> {
	let head: Uint8Array[] | null = [];
	let length = 0;
	for await (const chunk of chunks) {
		if (head === null) {
			yield chunk;
			continue;
		}
		head.push(chunk);
		length += chunk.length;
		const start = Buffer.concat(head).subarray(0, LONGEST_HEAD);
		if (!HEAD_END.test(start.toString('latin1'))) {
			if (length >= LONGEST_HEAD) throw new Refused(fault('copy-damaged', { what: 'encryption' }));
			continue;
		}
		yield* head;
		head = null;
	}
	if (head !== null) yield* head;
}

/** A key file may hold several, and remarks. */
function identitiesOf(text: string): readonly string[] {
	const found = text
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '' && !line.startsWith('#'));
	if (found.length === 0) throw new Error('no identity');
	return found;
}

function streamOf(chunks: Bytes): ReadableStream<Uint8Array> {
	return ReadableStream.from(chunks) as ReadableStream<Uint8Array>;
}
