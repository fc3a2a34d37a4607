import { backup } from './backup.ts';
import { command } from './command.ts';
import { compare } from './compare.ts';
import { cors } from './cors.ts';
import type { RegisteredKind } from './define.ts';
import { dns } from './dns.ts';
import { docker } from './docker.ts';
import { env } from './env.ts';
import { file } from './file.ts';
import { flow } from './flow.ts';
import { heartbeat } from './heartbeat.ts';
import { host } from './host.ts';
import { http } from './http.ts';
import { journal } from './journal.ts';
import { kubernetes } from './kubernetes.ts';
import { log } from './log.ts';
import { metrics } from './metrics.ts';
import { mysql } from './mysql.ts';
import { port } from './port.ts';
import { postgres } from './postgres.ts';
import { processKind } from './process.ts';
import { prometheus } from './prometheus.ts';
import { runtime } from './runtime.ts';
import { schedule } from './schedule.ts';
import { sqlite } from './sqlite.ts';
import { suite } from './suite.ts';
import { systemd } from './systemd.ts';
import { tcp } from './tcp.ts';
import { tls } from './tls.ts';
import { upstreams } from './upstreams.ts';
import { websocket } from './websocket.ts';

/** In the order people see them. */
export const CHECK_KINDS = [
	http,
	tcp,
	sqlite,
	postgres,
	mysql,
	file,
	processKind,
	command,
	cors,
	env,
	port,
	systemd,
	docker,
	kubernetes,
	journal,
	host,
	runtime,
	log,
	schedule,
	backup,
	heartbeat,
	suite,
	compare,
	tls,
	dns,
	websocket,
	flow,
	upstreams,
	prometheus,
	metrics,
] as const;

/** The kind of this name. Options are the kind's own: only its schema and its probe know their shape. */
export function findCheckKind(name: string): RegisteredKind | undefined {
	return (CHECK_KINDS as readonly unknown[] as readonly RegisteredKind[]).find((kind) => kind.name === name);
}
