// The package brings no declarations; this is the part of it that is used.
declare module 'pg' {
	import type { EventEmitter } from 'node:events';
	import type { Socket } from 'node:net';

	interface Field {
		readonly name: string;
		readonly dataTypeID: number;
	}
	interface QueryConfig {
		readonly text: string;
		readonly rowMode: 'array';
		/** One statement only, whatever the text holds. */
		readonly queryMode?: 'extended';
	}
	class Query extends EventEmitter {
		constructor(config: QueryConfig);
	}
	class Client extends EventEmitter {
		constructor(config: {
			readonly host: string;
			readonly port: number;
			readonly user: string;
			readonly password: () => string;
			readonly database: string;
			readonly ssl: false | { readonly rejectUnauthorized: boolean; readonly servername?: string };
			readonly stream: () => Socket;
			readonly application_name: string;
			readonly types: { getTypeParser(): (text: string) => string };
		});
		connect(): Promise<void>;
		query(query: Query): Query;
		query(text: string): Promise<unknown>;
		end(): Promise<void>;
	}
	const pg: { readonly Client: typeof Client; readonly Query: typeof Query };
	export default pg;
	export type { Client, Field, Query };
}
