import { Box, Text } from 'ink';
import { createContext, memo, type ReactElement, useContext, useLayoutEffect } from 'react';
import type { CursorPlace, Display } from './display.ts';
import { drawRule } from './panel.ts';
import { sliceColumns } from './slice-columns.ts';
import type { Theme } from './theme.ts';

export interface ScreenShape {
	readonly columns: number;
	readonly rows: number;
	/** Lines above the upper rule. */
	readonly top: readonly string[];
	/** Lines below the lower rule. */
	readonly footer: readonly string[];
}

/** Lines left for the body between the two rules. */
export const bodyHeight = ({ rows, top, footer }: Pick<ScreenShape, 'rows' | 'top' | 'footer'>): number =>
	Math.max(0, rows - top.length - footer.length - 2);

/** The whole screen: exactly `rows` lines of `columns` columns. Too small a terminal loses the end of the body first. */
export const drawScreen = (
	theme: Theme,
	shape: ScreenShape & { readonly body: readonly string[] },
): string[] => {
	const { columns, rows, top, footer, body } = shape;
	const height = bodyHeight(shape);
	const rule = drawRule(theme, columns);
	const blank = ' '.repeat(columns);
	const middle = Array.from({ length: height }, (_, at) => body[at] ?? blank);
	return [...top, rule, ...middle, rule, ...footer].slice(0, Math.max(0, rows));
};

/** Where a text field wants the terminal's cursor; input methods follow it. */
export const DisplayContext = createContext<Pick<Display, 'setCursor'> | undefined>(undefined);

/** Shows the terminal's cursor at `place` of the screen while mounted; `undefined` hides it. */
export const useCursorPlace = (place: CursorPlace | undefined): void => {
	const display = useContext(DisplayContext);
	const x = place?.x;
	const y = place?.y;
	useLayoutEffect(() => {
		display?.setCursor(x === undefined || y === undefined ? undefined : { x, y });
	}, [display, x, y]);
	useLayoutEffect(() => () => display?.setCursor(undefined), [display]);
};

const Row = memo(({ text }: { readonly text: string }) => <Text wrap="truncate">{text}</Text>);

/** Draws finished lines, the whole screen as a rule. An unchanged line costs React nothing. */
export const Frame = ({
	lines,
	columns,
	cursor,
}: {
	readonly lines: readonly string[];
	readonly columns: number;
	readonly cursor?: CursorPlace | undefined;
}): ReactElement => {
	useCursorPlace(cursor);
	return (
		<Box width={columns} height={lines.length} flexDirection="column" overflow="hidden">
			{lines.map((line, y) => (
				<Row key={y} text={line === '' ? ' ' : line} />
			))}
		</Box>
	);
};

/** The frame of every screen: top lines, rule, body, rule, footer. */
export const Screen = ({
	theme,
	cursor,
	...shape
}: ScreenShape & {
	readonly theme: Theme;
	readonly body: readonly string[];
	readonly cursor?: CursorPlace | undefined;
}): ReactElement => {
	const lines = drawScreen(theme, shape).map((line) => sliceIfNeeded(line, shape.columns));
	return <Frame lines={lines} columns={shape.columns} cursor={cursor} />;
};

// Lines made by `createLine` fit already and are told by their length; only a wrong one is cut.
const sliceIfNeeded = (line: string, columns: number): string =>
	line.length <= columns ? line : sliceColumns(line, 0, columns);
