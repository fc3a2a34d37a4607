declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** Names an operator gives in the configuration; unique within their section. */
export type CheckId = Branded<string, 'CheckId'>;
export type ServiceId = Branded<string, 'ServiceId'>;
export type ActionId = Branded<string, 'ActionId'>;
export type PlanId = Branded<string, 'PlanId'>;
export type SheetId = Branded<string, 'SheetId'>;
/** Numbers storage gives. */
export type RoundId = Branded<number, 'RoundId'>;
export type OperationId = Branded<number, 'OperationId'>;

export const checkId = (id: string): CheckId => id as CheckId;
export const serviceId = (id: string): ServiceId => id as ServiceId;
export const actionId = (id: string): ActionId => id as ActionId;
export const planId = (id: string): PlanId => id as PlanId;
export const sheetId = (id: string): SheetId => id as SheetId;
export const roundId = (id: number): RoundId => id as RoundId;
export const operationId = (id: number): OperationId => id as OperationId;
