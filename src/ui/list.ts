/** Which row of a list is chosen and which one stands at the top of the view. */
export interface ListState {
	readonly selected: number;
	readonly top: number;
}

export interface ListShape {
	readonly count: number;
	/** Lines the view has. */
	readonly height: number;
	/** Lines row `index` takes, 1 unless told: rows may explain themselves below. */
	readonly heightOf?: (index: number) => number;
}

export const emptyList: ListState = { selected: 0, top: 0 };

/** The list after `key`; `undefined` when the key does not move a list. */
export const moveList = (state: ListState, key: string, shape: ListShape): ListState | undefined => {
	const page = Math.max(1, shape.height - 1);
	const half = Math.max(1, shape.height >> 1);
	const last = shape.count - 1;
	const { selected } = state;
	switch (key) {
		case 'j':
		case 'down':
			return placeList(state, selected + 1, shape);
		case 'k':
		case 'up':
			return placeList(state, selected - 1, shape);
		case 'g':
		case 'home':
			return placeList(state, 0, shape);
		case 'G':
		case 'end':
			return placeList(state, last, shape);
		case 'ctrl-d':
			return placeList(state, selected + half, shape);
		case 'ctrl-u':
			return placeList(state, selected - half, shape);
		case 'pgdn':
			return placeList(state, selected + page, shape);
		case 'pgup':
			return placeList(state, selected - page, shape);
		default:
			return undefined;
	}
};

/** Chooses row `selected` and scrolls by half pages when it would leave the view. Also right after rows came or went. */
export const placeList = (state: ListState, selected: number, shape: ListShape): ListState => {
	const { count, height } = shape;
	const chosen = Math.max(0, Math.min(selected, count - 1));
	const highest = highestTop(shape);
	let top = Math.min(Math.max(0, state.top), highest);
	const lowest = lowestTopShowing(chosen, shape);
	if (chosen < top) top -= height >> 1;
	else if (top < lowest) top = Math.min(topAfter(top, height >> 1, shape), Math.max(lowest, highest));
	top = Math.max(0, lowest, Math.min(top, chosen));
	return chosen === state.selected && top === state.top ? state : { selected: chosen, top };
};

const heightOf = (index: number, shape: ListShape): number => Math.max(1, shape.heightOf?.(index) ?? 1);

/** The first row that may stand on top while `index` is still wholly in view. */
const lowestTopShowing = (index: number, shape: ListShape): number => {
	let top = index;
	let used = heightOf(index, shape);
	while (top > 0) {
		used += heightOf(top - 1, shape);
		if (used > shape.height) break;
		top--;
	}
	return top;
};

// No empty lines below the last row while rows are hidden above.
const highestTop = (shape: ListShape): number =>
	shape.count === 0 ? 0 : lowestTopShowing(shape.count - 1, shape);

const topAfter = (top: number, lines: number, shape: ListShape): number => {
	let at = top;
	for (let passed = 0; passed < lines && at < shape.count - 1; at++) passed += heightOf(at, shape);
	return at;
};
