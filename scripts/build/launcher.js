#!/usr/bin/env node
// The installed command. Syntax of Node 12 only: an old Node has to get as far as its one line.
const wanted = [22, 19];
const [major, minor] = process.versions.node.split('.').map(Number);

const say = (sentence) => {
	process.stderr.write(`rounds: ${sentence}\n`);
	process.exitCode = 70;
};

const start = () => {
	const { enableCompileCache } = process.getBuiltinModule('node:module');
	if (enableCompileCache) enableCompileCache();
	// A start makes much that is soon forgotten: small first spaces would be swept a dozen times for it.
	process.getBuiltinModule('node:v8').setFlagsFromString('--min-semi-space-size=16');
	if (process.env.NO_COLOR) process.env.FORCE_COLOR = '0';
	greet();
	import('./main.js').catch((error) => {
		const isMissing =
			error && error.code === 'ERR_MODULE_NOT_FOUND' && /main\.js' imported/.test(error.message);
		if (!isMissing) throw error;
		say('is not built: run npm run build (npm ci --ignore-scripts leaves it out)');
	});
};

// A word on the screen before anything is loaded; whatever comes next begins in the same column.
const greet = () => {
	const words = process.argv.slice(2);
	// Only what opens the screen is greeted: no command, no question about the program itself.
	const isScreen = words.every((word, at) => {
		if (/^(-h|-V|--help|--version)$/.test(word)) return false;
		return word === 'demo' || word.startsWith('--') || /^--[a-z]+$/.test(words[at - 1] || '');
	});
	if (!isScreen || process.env.TERM === 'dumb') return;
	const { isatty } = process.getBuiltinModule('node:tty');
	if (!isatty(0) || !isatty(1)) return;
	try {
		process.getBuiltinModule('node:fs').writeSync(1, ' rounds ...\r');
	} catch (_error) {
		// A terminal that cannot be written to is found by whoever draws.
	}
};

if (major < wanted[0] || (major === wanted[0] && minor < wanted[1])) {
	say(`needs Node ${wanted.join('.')} or newer, this is ${process.versions.node}`);
} else {
	start();
}
