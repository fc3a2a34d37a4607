/** Two configuration files of the demo application, made in the sizes the operations documents state. */

const BANKS = 13;
const FIELDS = [
	'statement_date',
	'due_date',
	'card_number',
	'opening_balance',
	'closing_balance',
	'minimum_payment',
];

function describeBank(index: number): unknown {
	const code = `BANK${String(index + 1).padStart(2, '0')}`;
	return {
		code,
		title: `Bank ${index + 1} credit card statement`,
		formats: ['pdf', 'excel', 'csv'],
		date_format: index % 2 === 0 ? 'DD/MM/YYYY' : 'DD MMM YYYY',
		currency: 'RM',
		fields: FIELDS.map((name, field) => ({
			name,
			page: 1,
			area: { top: 40 + field * 24, left: 36, width: 240, height: 18 },
			pattern: `(?<${name}>[A-Z0-9 ,./:-]{4,32})`,
			required: field < 5,
			fallback: {
				labels: [name.replaceAll('_', ' '), `${code.toLowerCase()} ${name}`],
				direction: 'right',
			},
		})),
		rows: {
			begins: 'TRANSACTION DETAILS',
			ends: 'TOTAL BALANCE DUE',
			columns: ['posted', 'booked', 'text', 'amount'],
		},
	};
}

/** `bank_parser_templates.json`: 34 KB, 13 banks under `$.banks`. */
export const BANK_TEMPLATES = `${JSON.stringify(
	{ version: 1, banks: Array.from({ length: BANKS }, (_, index) => describeBank(index)) },
	null,
	1,
)}\n`;

/** `cors_config.py`: 1.4 KB with the ten origins, one a line as somebody would count them. */
export function writeCorsConfig(origins: readonly string[]): string {
	return `"""
CORS configuration of the CreditPilot Flask server.

Only the origins below may call the API from a browser. Sessions travel in
cookies, so credentials are allowed and the origin must be named exactly: a
wildcard is refused by browsers together with credentials, and would open the
customers' statements to any page. Each origin is scheme, host and port; there
is no trailing slash and no path.

After every change: restart is not needed (watch mode), but run
    bash test_api_endpoints.sh
and look at the CORS check of the morning round. An origin that is missing here
shows up there as refused, one too many as allowed although it should not be. Both are listed with their
exact spelling.
"""

CORS_ORIGINS = [
${origins.map((origin) => `    "${origin}",`).join('\n')}
]

CORS_METHODS = ["GET", "POST", "PUT", "DELETE", "OPTIONS"]
CORS_ALLOW_HEADERS = ["Content-Type", "Authorization"]
CORS_SUPPORTS_CREDENTIALS = True
CORS_MAX_AGE = 3600


def is_allowed(origin: str | None) -> bool:
    """Whether a browser page of this origin may read our answers."""
    return origin is not None and origin in CORS_ORIGINS
`;
}
