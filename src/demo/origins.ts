/** The ten origins that the operations documents list, in their order. */
export const ORIGINS: readonly string[] = [
	'https://ynqoo4ipbuar.space.minimax.io',
	'https://iz6ki2qe01mh.space.minimax.io',
	'https://finance-pilot-businessgz.replit.app',
	'https://creditpilot.digital',
	'http://localhost:3000',
	'http://localhost:5000',
	'http://localhost:5678',
	'http://localhost:8000',
	'http://127.0.0.1:3000',
	'http://127.0.0.1:5000',
];

/** The one that `cors-dropped` takes away. */
export const DROPPED_ORIGIN = 'https://creditpilot.digital';
