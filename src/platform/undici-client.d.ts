// The whole package costs twice the start-up time of the one module that is needed.
declare module 'undici/lib/dispatcher/client.js' {
	import { Client } from 'undici';
	export default Client;
}
