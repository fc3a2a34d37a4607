// What npm's scripts start, by whatever Node there is: syntax of Node 12 only, so that each way to fail is one clear line.
// biome-ignore-all lint/style/useNodejsImportProtocol: an old Node does not know the protocol
const fs = require('fs');
const path = require('path');

const dist = path.join(__dirname, '..', 'dist');
const wanted = [22, 19];
const [major, minor] = process.versions.node.split('.').map(Number);

const fail = (sentence) => {
	process.stderr.write(`rounds: ${sentence}\n`);
	process.exitCode = 70;
};

if (major < wanted[0] || (major === wanted[0] && minor < wanted[1])) {
	fail(
		`needs Node ${wanted.join('.')} or newer, this is ${process.versions.node}; npm ci brings one along unless --ignore-scripts is given`,
	);
} else if (!fs.existsSync(path.join(dist, 'main.js'))) {
	fail('is not built: run npm run build (npm ci --ignore-scripts leaves it out)');
} else {
	process.argv[1] = path.join(dist, 'rounds.js');
	import('../dist/rounds.js');
}
