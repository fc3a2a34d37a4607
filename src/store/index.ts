export { apply, numberOf } from './apply.ts';
export { createPicture, EMPTY_PICTURE, type Picture } from './picture.ts';
export * from './select.ts';
export * from './state.ts';
export * from './view.ts';
export type { RowLines, ViewCommands } from './view-commands.ts';
