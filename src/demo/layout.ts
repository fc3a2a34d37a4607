/** Names inside the demo's working folder. */
export const LAYOUT = {
	config: 'rounds.yaml',
	/** Pid, start time, ports and control token of the running demo; gone when it ended in order. */
	record: 'demo.json',
	/** Control port and token in one line, for `trouble.sh`. */
	control: 'control',
	claim: 'claim.db',
	database: 'db/smart_loan_manager.db',
	token: 'secrets/accounting_token',
	cors: 'cors_config.py',
	/** Written when the demo dies of a mistake of its own. */
	crash: 'demo-crash.txt',
} as const;
