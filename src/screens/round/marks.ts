import type { PlannedRound } from '../../domain/picture.ts';
import type { StepStanding } from '../../domain/round.ts';
import type { Glyphs, StyleName } from '../../ui/theme.ts';

export interface Mark {
	readonly glyph: string;
	readonly style: StyleName;
}

/** Red and yellow only for what needs a person; what is done stands back. */
export function stepMark(standing: StepStanding, glyphs: Glyphs): Mark {
	switch (standing) {
		case 'ok':
			return { glyph: glyphs.done, style: 'ok' };
		case 'first':
			return { glyph: glyphs.done, style: 'accent' };
		case 'attention':
			return { glyph: glyphs.levels.warning, style: 'warning' };
		case 'failed':
			return { glyph: glyphs.failed, style: 'critical' };
		case 'accepted':
			return { glyph: glyphs.levels.warning, style: 'warning' };
		case 'skipped':
			return { glyph: glyphs.skipped, style: 'unknown' };
		case 'filling':
			return { glyph: '…', style: 'accent' };
		case 'open':
			return { glyph: glyphs.open, style: 'muted' };
	}
}

export function planMark(standing: PlannedRound['standing'], glyphs: Glyphs): Mark {
	switch (standing) {
		case 'planned':
		case 'not-due':
			return { glyph: glyphs.open, style: 'muted' };
		case 'due':
		case 'in-progress':
			return { glyph: glyphs.pointer, style: 'accent' };
		case 'late':
			return { glyph: glyphs.levels.warning, style: 'warning' };
		case 'missed':
			return { glyph: glyphs.failed, style: 'critical' };
		case 'signed':
			return { glyph: glyphs.done, style: 'ok' };
		case 'signed-with-exceptions':
			return { glyph: glyphs.levels.warning, style: 'warning' };
	}
}
