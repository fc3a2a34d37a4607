import { type Key, useInput, usePaste } from 'ink';
import { Fragment, type ReactElement, type ReactNode } from 'react';
import { splitGraphemes } from '../domain/text.ts';

export interface TypedKey {
	/** `j`, `G`, `enter`, `esc`, `tab`, `shift-tab`, `space`, `ctrl-d`, `alt-x`, `up`, `pgdn`, `ctrl-left` … */
	readonly key: string;
	/** What the key types into a text field; empty for a key that types nothing. */
	readonly text: string;
}

/** The only place that listens to the keyboard. Pasted text never comes as keys. */
export const InputRoot = ({
	onKey,
	onPaste,
	children,
}: {
	readonly onKey: (key: string, text: string) => void;
	readonly onPaste: (text: string) => void;
	readonly children?: ReactNode;
}): ReactElement => {
	useInput((input, key) => {
		for (const typed of readKeys(input, key)) onKey(typed.key, typed.text);
	});
	usePaste(onPaste);
	return <Fragment>{children}</Fragment>;
};

type KeyFlags = Partial<Key>;

const NAMED: readonly (readonly [flag: keyof Key, name: string])[] = [
	['upArrow', 'up'],
	['downArrow', 'down'],
	['leftArrow', 'left'],
	['rightArrow', 'right'],
	['pageUp', 'pgup'],
	['pageDown', 'pgdn'],
	['home', 'home'],
	['end', 'end'],
	['return', 'enter'],
	['escape', 'esc'],
	['tab', 'tab'],
	['backspace', 'backspace'],
	['delete', 'delete'],
];

const CONTROLS: Readonly<Record<string, string>> = {
	'\r': 'enter',
	'\n': 'enter',
	'\t': 'tab',
	'\b': 'backspace',
	'\x7f': 'backspace',
	'\x1b': 'esc',
	'\0': 'ctrl-space',
};

/** The keys in one event: what was typed quickly arrives together. */
export const readKeys = (input: string, key: KeyFlags): TypedKey[] => {
	const named = NAMED.find(([flag]) => key[flag] === true);
	if (named !== undefined) {
		// Terminals cannot tell Esc from Alt+Esc reliably, so Esc has no forms.
		if (named[1] === 'esc') return [{ key: 'esc', text: '' }];
		return [{ key: modifiersOf(key) + named[1], text: '' }];
	}
	if (input === '') return [];
	if (key.ctrl === true || key.meta === true) {
		return [{ key: modifiersOf({ ...key, shift: false }) + (input === ' ' ? 'space' : input), text: '' }];
	}
	return splitGraphemes(input).map(readCharacter);
};

const modifiersOf = (key: KeyFlags): string =>
	(key.ctrl === true ? 'ctrl-' : '') +
	(key.meta === true ? 'alt-' : '') +
	(key.shift === true ? 'shift-' : '');

const readCharacter = (character: string): TypedKey => {
	if (character === ' ') return { key: 'space', text: ' ' };
	// Windows line ends are one character to a reader.
	const named = CONTROLS[character[0]!];
	if (named !== undefined) return { key: named, text: '' };
	const unit = character.charCodeAt(0);
	if (unit < 0x20) return { key: `ctrl-${String.fromCharCode(unit + 0x60)}`, text: '' };
	return { key: character, text: character };
};
