import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

interface Patch {
	/** Why the dependency is changed in our bundle. */
	readonly why: string;
	readonly file: RegExp;
	readonly replace: string;
	readonly by: string;
}

const PATCHES: readonly Patch[] = [
	{
		why: 'Yoga loads itself by fetch("data:…"), which pulls in the HTTP stack, and compiles on another thread',
		file: /yoga-layout\/dist\/binaries\/yoga-wasm-base64-esm\.js$/,
		replace: '(function(){return w||"function"!=typeof WebAssembly.instantiateStreaming||',
		by: 'return b({instance:new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(H.slice(37),"base64")),d)}),{};(function(){return w||"function"!=typeof WebAssembly.instantiateStreaming||',
	},
	{
		why: 'the emoji pattern takes long to compile, and a single code point that it matches is wide in any case',
		file: /string-width\/index\.js$/,
		replace: 'const rgiEmojiRegex = /^\\p{RGI_Emoji}$/v;',
		by: 'let rgiEmoji; const rgiEmojiRegex = {test: text => text.length > (text.codePointAt(0) > 0xFFFF ? 2 : 1) && (rgiEmoji ??= /^\\p{RGI_Emoji}$/v).test(text)};',
	},
	{
		why: 'making a segmenter takes milliseconds that a start without foreign letters never needs',
		file: /string-width\/index\.js$/,
		replace: 'const segmenter = new Intl.Segmenter();',
		by: 'let madeSegmenter; const segmenter = {segment: text => (madeSegmenter ??= new Intl.Segmenter()).segment(text)};',
	},
	{
		why: 'letters, box drawing, ideographs and syllables never join their neighbours: their widths add up',
		file: /string-width\/index\.js$/,
		replace: 'const eastAsianWidthOptions = {ambiguousAsWide: !ambiguousIsNarrow};',
		by: `if (ambiguousIsNarrow && /^[ -~\\xb7\\u2010-\\u2026\\u21b5\\u2500-\\u25f7\\u2714\\u2716\\u3041-\\u3096\\u30a1-\\u30fa\\u4e00-\\u9fff\\uac00-\\ud7a3\\uff01-\\uff5e]*$/.test(string)) {
			return string.length + (string.match(/[\\u3041-\\uff5e]/g)?.length ?? 0);
		}
		const eastAsianWidthOptions = {ambiguousAsWide: !ambiguousIsNarrow};`,
	},
	{
		why: 'widths and tokens of a line are the same in the next frame, yet the caches die with each frame',
		file: /ink\/build\/output\.js$/,
		replace: '    caches = new OutputCaches();',
		by: '    caches = keptCaches();',
	},
	{
		why: 'the kept caches are bounded',
		file: /ink\/build\/output\.js$/,
		replace: 'export default class Output {',
		by: 'let kept = new OutputCaches();\nconst keptCaches = () => (kept.styledChars.size > 4000 || kept.widths.size > 8000 || kept.blockWidths.size > 4000 ? (kept = new OutputCaches()) : kept);\nexport default class Output {',
	},
];

/** Applies the patches; the build fails when one of them finds nothing to replace any more. */
export const createPatches = (): { readonly plugin: Plugin; unused(): string[] } => {
	const used = new Set<Patch>();
	const plugin: Plugin = {
		name: 'patches',
		setup(build) {
			build.onLoad(
				{ filter: /(yoga-wasm-base64-esm|string-width\/index|ink\/build\/output)\.js$/ },
				async ({ path }) => {
					let contents = await readFile(path, 'utf8');
					for (const patch of PATCHES) {
						if (!patch.file.test(path)) continue;
						if (contents.split(patch.replace).length !== 2) {
							return {
								errors: [
									{ text: `${path} no longer holds the text to replace (${patch.why}): ${patch.replace}` },
								],
							};
						}
						contents = contents.replace(patch.replace, () => patch.by);
						used.add(patch);
					}
					return { contents, loader: 'js' };
				},
			);
		},
	};
	return { plugin, unused: () => PATCHES.filter((patch) => !used.has(patch)).map(({ why }) => why) };
};
