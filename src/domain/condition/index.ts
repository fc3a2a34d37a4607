export { evaluateCondition, evaluateExpression } from './evaluate.ts';
export { expectationFor } from './expectation.ts';
export { FUNCTIONS, type FunctionShape } from './functions.ts';
export { type Names, namesOf } from './names.ts';
export type {
	ConditionOutcome,
	EvaluationContext,
	Resolved,
	ResolvedValue,
	Usual,
	Why,
	WhyCode,
} from './outcome.ts';
export { parseCondition, parseExpression } from './parse.ts';
export {
	type Example,
	type Proof,
	type ProofCode,
	type ProofNames,
	proveCondition,
	type StuckCode,
} from './prove.ts';
export { nearest } from './spelling.ts';
export type {
	Condition,
	Expression,
	HintCode,
	Operator,
	ParseProblem,
	ParseResult,
	ProblemCode,
} from './syntax.ts';
export { checkUnits } from './units.ts';
export { findVacuous, type VacuousCode } from './vacuous.ts';
